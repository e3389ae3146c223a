"""Signing in with an identity provider: who gets in, how, and what no attacker achieves."""

import asyncio
import base64
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from portal.access.enums import OrganizationRole
from portal.people.enums import MembershipStatus
from portal.sign_in.client_secrets import ClientSecrets
from portal.sign_in.enums import MembershipPolicy
from portal.web.cookies import SESSION_COOKIE
from portal.web.sign_in.identity_providers import BROWSER_COOKIE
from tests.sign_in.conftest import PORTAL, Portal
from tests.sign_in.provider import CLIENT_SECRET, Provider, TokenMaker
from tests.world import NOON, World, an_organization

TROUBLE = "Your identity provider did not answer as it should."
OVER = "This sign-in is over or was begun in another browser. Begin again."
NOT_ADMITTED = "This account can&#x27;t sign in here."


async def test_a_member_signs_in_and_out(portal: Portal, okta: Provider) -> None:
    ada = await portal.member("Ada")
    await portal.trusts(okta)
    browser = portal.browser()

    answer = await browser.sign_in(okta)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert await browser.who() == "Ada"
    (session,) = await portal.table("session")
    assert (session["membership_id"], session["method"]) == (ada.id, "IDENTITY_PROVIDER")
    assert await portal.table("sign_in_attempt") == []
    assert await portal.events() == ["user.identity_linked", "session.started"]
    assert (await browser.sign_out()).status_code == 204
    assert await browser.who() is None


async def test_what_is_asked_of_a_provider(portal: Portal, okta: Provider) -> None:
    await portal.trusts(okta)

    address = urlsplit(await portal.browser().leave())

    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{okta.issuer}/authorize"
    assert {name: asked[name] for name in ("response_type", "client_id", "scope", "code_challenge_method")} == {
        "response_type": "code",
        "client_id": "portal",
        "scope": "openid email profile",
        "code_challenge_method": "S256",
    }
    assert asked["redirect_uri"] == f"{PORTAL}/auth/callback"
    assert len(asked["nonce"]) == len(asked["code_challenge"]) == 43


async def test_a_clients_secret_is_sent_from_its_file_and_read_anew_each_time(portal: Portal, okta: Provider) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    secrets = ClientSecrets(portal.data_directory)

    await portal.browser().sign_in(okta)
    file = secrets.keep(portal.world.id, "okta", CLIENT_SECRET)
    await portal.browser().sign_in(okta)
    okta.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    (first, none), (second, basic) = okta.forms
    assert (none, "client_secret" in first, "client_secret" in second) == (None, False, False)
    assert base64.b64decode((basic or "").removeprefix("Basic ")) == b"portal:a%20secret%2Fof%20ours"
    assert file.stat().st_mode & 0o077 == 0


async def test_whoever_signed_in_before_is_known_by_who_they_are_there_whatever_their_address(
    portal: Portal, okta: Provider
) -> None:
    await portal.member("Ada")
    await portal.member("Hugo")
    await portal.trusts(okta)
    await portal.browser().sign_in(okta)
    browser = portal.browser()

    await browser.sign_in(okta, email="hugo@example.com", email_verified=True)

    assert await browser.who() == "Ada"


async def test_an_address_that_is_given_to_somebody_else_there_does_not_make_them_the_member(
    portal: Portal, okta: Provider
) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    await portal.browser().sign_in(okta)
    browser = portal.browser()

    answer = await browser.sign_in(okta, sub="another")

    assert (answer.status_code, NOT_ADMITTED in answer.text) == (403, True)
    assert await browser.who() is None


@pytest.mark.parametrize(
    ("policy", "status", "admitted"),
    [
        (MembershipPolicy.MEMBERS, MembershipStatus.ACTIVE, True),
        (MembershipPolicy.MEMBERS, MembershipStatus.INVITED, False),
        (MembershipPolicy.MEMBERS, MembershipStatus.DEACTIVATED, False),
        (MembershipPolicy.MEMBERS, None, False),
        (MembershipPolicy.INVITED, MembershipStatus.INVITED, True),
        (MembershipPolicy.INVITED, MembershipStatus.DEACTIVATED, False),
        (MembershipPolicy.INVITED, None, False),
        (MembershipPolicy.DOMAIN, MembershipStatus.INVITED, True),
        (MembershipPolicy.DOMAIN, MembershipStatus.DEACTIVATED, False),
        (MembershipPolicy.DOMAIN, None, True),
    ],
)
async def test_the_policy_says_whom_a_provider_lets_in_for_the_first_time(
    portal: Portal, okta: Provider, policy: MembershipPolicy, status: MembershipStatus | None, admitted: bool
) -> None:
    if status is not None:
        await portal.member("Ada", status)
    domains = ["example.com"] if policy is MembershipPolicy.DOMAIN else []
    await portal.trusts(okta, policy=policy, email_domains=domains, default_role=OrganizationRole.EXECUTIVE_VIEWER)
    browser = portal.browser()

    answer = await browser.sign_in(okta)

    assert (answer.status_code == 303, await browser.who() is not None) == (admitted, admitted)
    members = await portal.table("membership")
    if admitted:
        assert [member["status"] for member in members] == ["ACTIVE"]
        assert members[0]["role"] == ("EXECUTIVE_VIEWER" if status is None else "MEMBER")
    else:
        assert NOT_ADMITTED in answer.text
        assert [member["status"] for member in members] == ([] if status is None else [status])
        assert await portal.table("identity") == []


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
        {"email": "ada@example.org"},
        {"email": "ada@evil.example.com"},
        {"email": "ada@example.com@evil.example"},
    ],
    ids=str,
)
async def test_no_address_counts_that_the_provider_has_not_verified_or_may_not_vouch_for(
    portal: Portal, okta: Provider, claims: dict[str, Any]
) -> None:
    await portal.member("Ada")
    await portal.trusts(okta, policy=MembershipPolicy.DOMAIN, email_domains=["example.com"])

    answer = await portal.browser().sign_in(okta, **claims)

    assert (answer.status_code, NOT_ADMITTED in answer.text) == (403, True)
    assert len(await portal.table("membership")) == 1


async def test_a_member_of_another_organization_is_nobody_here(portal: Portal, okta: Provider, globex: World) -> None:
    await globex.member("Ada")
    await portal.trusts(okta, policy=MembershipPolicy.INVITED)

    answer = await portal.browser().sign_in(okta)

    assert (answer.status_code, NOT_ADMITTED in answer.text) == (403, True)


async def test_a_member_who_was_deactivated_does_not_come_back_by_their_provider(
    portal: Portal, okta: Provider
) -> None:
    ada = await portal.member("Ada")
    await portal.trusts(okta)
    await portal.browser().sign_in(okta)
    async with portal.world.database.writing(portal.world.id, None) as connection:
        await connection.rows("UPDATE membership SET status = 'DEACTIVATED' WHERE id = $1", [ada.id])

    answer = await portal.browser().sign_in(okta)

    assert (answer.status_code, NOT_ADMITTED in answer.text) == (403, True)


def unsigned(provider: Provider, claims: dict[str, Any]) -> str:
    parts = [json.dumps({"alg": "none"}), json.dumps(claims)]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts) + "."


def with_the_public_key_as_secret(provider: Provider, claims: dict[str, Any]) -> str:
    assert isinstance(provider.key, RSAKey)
    public = OctKey.import_key(provider.key.as_pem(private=False), {"kid": "one"})
    return provider.signed(claims, key=public, header={"alg": "HS256"})


MALLORYS = RSAKey.generate_key(2048, {"kid": "mallory"})


def with_an_embedded_key(provider: Provider, claims: dict[str, Any]) -> str:
    return provider.signed(claims, key=MALLORYS, header={"jwk": MALLORYS.as_dict(private=False)})


def with_an_address_of_keys(name: str) -> TokenMaker:
    return lambda provider, claims: provider.signed(claims, header={name: "https://evil.example/keys"})


def with_another_key_of_the_name(provider: Provider, claims: dict[str, Any]) -> str:
    return provider.signed(claims, key=MALLORYS, header={"kid": "one"})


def altered(provider: Provider, claims: dict[str, Any]) -> str:
    header, _, signature = provider.signed(claims).split(".")
    other = base64.urlsafe_b64encode(json.dumps(claims | {"sub": "olga"}).encode()).decode().rstrip("=")
    return f"{header}.{other}.{signature}"


def saying(**changed: Any) -> TokenMaker:
    def make(provider: Provider, claims: dict[str, Any]) -> str:
        said = {name: value for name, value in (claims | changed).items() if value is not ...}
        return provider.signed(said)

    return make


NOW = int(time.time())
FORGED: dict[str, TokenMaker] = {
    "alg none": unsigned,
    "HS256 with the public key": with_the_public_key_as_secret,
    "an embedded key": with_an_embedded_key,
    "jku": with_an_address_of_keys("jku"),
    "x5u": with_an_address_of_keys("x5u"),
    "another key of the name": with_another_key_of_the_name,
    "an unknown key": lambda provider, claims: provider.signed(claims, key=MALLORYS),
    "altered": altered,
    "not a token": lambda _provider, _claims: "nonsense",
    "another audience": saying(aud="another"),
    "no audience": saying(aud=...),
    "two audiences and no party": saying(aud=["portal", "another"]),
    "another party": saying(aud=["portal", "another"], azp="another"),
    "another issuer": saying(iss="https://evil.example"),
    "the issuer with a slash": lambda provider, claims: provider.signed(claims | {"iss": f"{provider.issuer}/"}),
    "expired": saying(exp=NOW - 3_600),
    "no end": saying(exp=...),
    "an end that is no number": saying(exp=True),
    "from the future": saying(iat=NOW + 3_600),
    "not yet": saying(nbf=NOW + 3_600),
    "another nonce": saying(nonce="another"),
    "no nonce": saying(nonce=...),
    "nobody": saying(sub=""),
    "a subject that is no text": saying(sub=7),
}


@pytest.mark.parametrize("attack", FORGED)
async def test_no_forged_id_token_lets_anybody_in(portal: Portal, okta: Provider, attack: str) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    okta.make_token = FORGED[attack]
    browser = portal.browser()

    answer = await browser.sign_in(okta)

    assert (answer.status_code, TROUBLE in answer.text) == (502, True)
    assert browser.cookies.get(SESSION_COOKIE) is None
    assert await portal.table("session") == await portal.table("identity") == []


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", RSAKey.generate_key(2048, {"kid": "two"})),
        ("ES256", ECKey.generate_key("P-256", {"kid": "two"})),
        ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "two"})),
    ],
    ids=["RS256", "ES256", "EdDSA"],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
async def test_the_algorithms_of_the_list_are_taken(
    portal: Portal, okta: Provider, algorithm: str, key: RSAKey | ECKey | OKPKey
) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    okta.algorithm, okta.key = algorithm, key
    browser = portal.browser()

    await browser.sign_in(okta)

    assert await browser.who() == "Ada"


async def test_a_state_counts_once(portal: Portal, okta: Provider) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    browser = portal.browser()
    address = await browser.leave()
    kept = dict(browser.cookies)
    response = okta.approve(address)
    await browser.come_back(response)
    browser.cookies = kept

    replayed = await browser.come_back(response)
    with_a_new_code = await browser.come_back(okta.approve(address))

    assert [(answer.status_code, OVER in answer.text) for answer in (replayed, with_a_new_code)] == [(400, True)] * 2
    assert len(await portal.table("session")) == 1


async def test_of_many_who_come_back_at_once_with_one_state_one_gets_in(portal: Portal, okta: Provider) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    browser = portal.browser()
    response = okta.approve(await browser.leave())

    answers = await asyncio.gather(*(browser.come_back(response) for _ in range(6)))

    assert sorted(answer.status_code for answer in answers) == [303, 400, 400, 400, 400, 400]
    assert len(await portal.table("session")) == 1


async def test_a_code_counts_for_the_sign_in_it_was_given_in_only(portal: Portal, okta: Provider) -> None:
    """A code that somebody else was given, put into one's own way back: PKCE and the nonce both tell."""
    await portal.member("Ada")
    await portal.trusts(okta)
    victim, attacker = portal.browser(), portal.browser()
    stolen = okta.approve(await victim.leave())
    own = okta.approve(await attacker.leave())

    answer = await attacker.come_back(own | {"code": stolen["code"]})

    assert (answer.status_code, TROUBLE in answer.text) == (502, True)
    assert await portal.table("session") == []


async def test_a_link_to_come_back_with_signs_nobody_in_in_another_browser(portal: Portal, okta: Provider) -> None:
    """Login CSRF: an attacker's own way back, opened in the browser of somebody else."""
    await portal.member("Ada")
    await portal.trusts(okta)
    attacker, victim, elsewhere = portal.browser(), portal.browser(), portal.browser()
    response = okta.approve(await attacker.leave())
    await elsewhere.leave()

    without = await victim.come_back(response)
    with_another = await elsewhere.come_back(response)

    assert (without.status_code, with_another.status_code) == (400, 400)
    assert victim.cookies.get(SESSION_COOKIE) is elsewhere.cookies.get(SESSION_COOKIE) is None
    assert (await attacker.come_back(response)).status_code == 303


async def test_an_answer_counts_from_the_issuer_that_was_asked_only(
    portal: Portal, okta: Provider, entra: Provider
) -> None:
    """Mix-up: what one provider gave is brought back as the other's."""
    await portal.member("Ada")
    await portal.trusts(okta)
    await portal.trusts(entra, "entra")
    okta.metadata = {"authorization_response_iss_parameter_supported": True}
    browser = portal.browser()

    async def back(said: dict[str, str]) -> int:
        return (await browser.come_back(okta.approve(await browser.leave()) | said)).status_code

    assert await back({}) == 502
    assert await back({"iss": entra.issuer}) == 502
    assert await back({"iss": okta.issuer}) == 303
    # Entra does not say who it is; a code of Okta's is nothing to it, and its own tokens are no use for Okta's.
    mixed = okta.approve(await browser.leave()) | {"state": entra.approve(await browser.leave("entra"))["state"]}
    assert (await browser.come_back(mixed)).status_code == 502
    assert "/token" in entra.asked


async def test_unknown_keys_make_us_fetch_the_key_set_once_a_minute_at_most(portal: Portal, okta: Provider) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    await portal.browser().sign_in(okta)
    count = 0

    def another_key_each_time(provider: Provider, claims: dict[str, Any]) -> str:
        nonlocal count
        count += 1
        return provider.signed(claims, key=MALLORYS, header={"kid": f"unknown-{count}"})

    okta.make_token = another_key_each_time
    answers = [await portal.browser().sign_in(okta) for _ in range(20)]

    assert {answer.status_code for answer in answers} == {502}
    assert count == 20
    assert okta.asked.count("/jwks") == 1
    assert okta.asked.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/ok\r\nset-cookie: a=b",
        "http:/evil.example",
    ],
)
async def test_nobody_is_sent_anywhere_but_to_a_page_of_ours(portal: Portal, okta: Provider, return_to: str) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    browser = portal.browser()

    answer = await browser.come_back(okta.approve(await browser.leave(return_to=return_to)))

    assert answer.headers["location"] == "/"


async def test_one_returns_to_the_page_one_came_from(portal: Portal, okta: Provider) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    browser = portal.browser()

    answer = await browser.come_back(okta.approve(await browser.leave(return_to="/openings?page=2#top")))

    assert answer.headers["location"] == "/openings?page=2#top"


@pytest.mark.parametrize("path", ["/auth/nobody/okta", "/auth/{slug}/none", "/auth/{slug}/disabled", "/auth/%00/okta"])
async def test_no_way_to_sign_in_says_the_same_whatever_is_missing(
    portal: Portal, okta: Provider, entra: Provider, path: str
) -> None:
    await portal.trusts(okta)
    await portal.trusts(entra, "disabled", disabled_at=NOON)

    answer = await portal.browser().get(path.format(slug=portal.slug))

    assert answer.status_code == 404
    assert "There is no such way to sign in. Check the address." in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_a_provider_that_sends_us_elsewhere_is_not_followed(
    portal: Portal, okta: Provider, entra: Provider
) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    okta.redirects_to = f"{entra.issuer}/token"

    answer = await portal.browser().sign_in(okta)

    assert answer.status_code == 502
    assert entra.asked == []


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"jwks_uri": "http://192.0.2.1/jwks"},
        {"jwks_uri": "file:///etc/passwd"},
        {"padding": "x" * 600_000},
    ],
    ids=["another issuer", "no token endpoint", "not encrypted", "a file", "too long"],
)
async def test_metadata_that_are_not_as_they_must_be_are_refused(
    portal: Portal, okta: Provider, metadata: dict[str, Any]
) -> None:
    await portal.trusts(okta)
    okta.metadata = metadata

    answer = await portal.browser().get(f"/auth/{portal.slug}/okta")

    assert (answer.status_code, TROUBLE in answer.text) == (502, True)


async def test_signing_in_ends_the_session_that_the_browser_had(portal: Portal, okta: Provider) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    browser = portal.browser()
    await browser.sign_in(okta)
    first = browser.cookies[SESSION_COOKIE]

    await browser.sign_in(okta)

    assert browser.cookies[SESSION_COOKIE] != first
    assert [row["revoked_at"] is None for row in await portal.table("session")] == [False, True]


async def test_what_a_provider_says_no_with_is_not_shown(portal: Portal, okta: Provider) -> None:
    await portal.trusts(okta)
    browser = portal.browser()
    state = okta.approve(await browser.leave())["state"]

    answer = await browser.get("/auth/callback", state=state, error="<script>alert(1)</script>")

    assert answer.status_code == 403
    assert "script" not in answer.text


async def test_no_secret_of_a_sign_in_is_logged(portal: Portal, okta: Provider) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    okta.make_token = unsigned
    browser = portal.browser()
    response = okta.approve(await browser.leave())

    await browser.come_back(response)

    for secret in (response["code"], response["state"], browser.cookies[BROWSER_COOKIE], "ada@example.com"):
        assert secret not in portal.said()


async def test_another_organizations_provider_is_not_found_here(portal: Portal, okta: Provider) -> None:
    other = await an_organization(portal.world.database, "Initech")
    await Portal(portal.http, other, "x", portal.log, portal.data_directory, portal.proving).trusts(okta)

    answer = await portal.browser().get(f"/auth/{portal.slug}/okta")

    assert answer.status_code == 404
