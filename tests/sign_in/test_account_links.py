"""Links by which people choose a password: who gets one, what it is good for, and how often."""

import asyncio
import mailbox
import re
from datetime import datetime, timedelta
from email.message import Message
from uuid import UUID

import pytest

from portal import clock
from portal.access.actor import Actor, HeldGrant
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.database.ids import new_id
from portal.errors import Forbidden, WrongState
from portal.people.actions.provisioning import DirectoryPerson, update_from_directory
from portal.people.enums import MembershipStatus
from portal.sign_in.actions.account_links import NewLink, make_reset, send_invitation
from portal.sign_in.models import AccountLink, Identity
from portal.web.cookies import SESSION_COOKIE
from portal.web.sign_in.attempts import MAILS_PER_ACCOUNT
from tests.refusals import refused
from tests.sign_in.conftest import Portal
from tests.sign_in.test_password_sign_in import OTHER, PASSWORD, with_password

OVER = "This link is over: it works once and for a while. Ask for a new one."


def mails(portal: Portal) -> list[Message]:
    """What waits for the operator's mailer."""
    folder = portal.data_directory / "outgoing-mail"
    return list(mailbox.Maildir(folder, create=False)) if folder.exists() else []


def link_in(mail: Message) -> str:
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    (found,) = re.findall(r"http://127\.0\.0\.1:8000/auth/link#(\S+)", text.decode())
    return str(found)


async def a_reset(portal: Portal, member_id: UUID, at: datetime | None = None) -> str:
    link: NewLink = await portal.world.perform(
        portal.world.system, make_reset, membership_id=member_id, at=at or clock.now()
    )
    assert link.text is not None
    return link.text


async def test_an_administrator_invites_and_who_has_the_mail_comes_in(portal: Portal) -> None:
    ivo = await portal.member("Ivo", MembershipStatus.INVITED)
    olga = await portal.world.member("Olga", OrganizationRole.ORG_ADMIN)
    admin = await portal.signed_in(olga.id)

    answer = await admin.ask(
        "mutation M($id: ID!) { sendInvitation(input: {membershipId: $id}) { expiresAt membership { name } } }",
        id=f"mem_{ivo.id.hex}",
    )
    (mail,) = mails(portal)
    used = await portal.browser().use_link(link_in(mail), PASSWORD)
    browser = portal.browser()
    entered = await browser.enter("ivo@example.com", PASSWORD)

    assert answer.json()["data"]["sendInvitation"]["membership"] == {"name": "Ivo"}
    assert (mail["To"], mail["Subject"]) == ("ivo@example.com", "You are invited to the hiring portal")
    assert (used.status_code, entered.status_code, await browser.who()) == (204, 204, "Ivo")
    assert await portal.table("account_link") == []
    assert (await portal.events())[1:] == ["user.link_made", "user.activated", "user.password_set", "session.started"]


async def test_whoever_lost_a_password_is_sent_a_link_and_their_sessions_end(portal: Portal) -> None:
    await with_password(portal, "Ada")
    before = portal.browser()
    await before.enter("ada@example.com", PASSWORD)

    asked = await portal.browser().ask_for_reset("ada@example.com")
    (mail,) = mails(portal)
    used = await portal.browser().use_link(link_in(mail), OTHER)

    assert (asked.status_code, used.status_code) == (202, 204)
    assert SESSION_COOKIE not in used.headers.get("set-cookie", "")
    assert await before.who() is None
    assert [(await portal.browser().enter("ada@example.com", word)).status_code for word in (PASSWORD, OTHER)] == [
        401,
        204,
    ]


@pytest.mark.parametrize("who", ["ada", "nobody", "hugo without a password", "ivo who is invited", "not an address"])
async def test_who_asks_for_a_reset_learns_nothing(portal: Portal, who: str) -> None:
    await with_password(portal, "Ada")
    await portal.member("Hugo")
    await with_password(portal, "Ivo", MembershipStatus.INVITED)

    answer = await portal.browser().ask_for_reset(f"{who.partition(' ')[0]}@example.com" if " " not in who else who)

    assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (202, b"", "no-store")
    assert len(mails(portal)) == (who == "ada")


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
async def test_a_mailbox_is_not_flooded(portal: Portal, email: str) -> None:
    await with_password(portal, "Ada")

    answers = [await portal.browser().ask_for_reset(email) for _ in range(MAILS_PER_ACCOUNT + 1)]

    assert [answer.status_code for answer in answers] == [202] * MAILS_PER_ACCOUNT + [429]
    assert len(mails(portal)) == (MAILS_PER_ACCOUNT if email.startswith("ada") else 0)


async def test_a_link_is_good_once_even_for_two_at_once(portal: Portal) -> None:
    ada = await with_password(portal, "Ada")
    link = await a_reset(portal, ada)

    answers = await asyncio.gather(*(portal.browser().use_link(link, OTHER) for _ in range(4)))
    again = await portal.browser().use_link(link, PASSWORD)

    assert sorted(answer.status_code for answer in answers) == [204, 403, 403, 403]
    assert (again.status_code, again.json()["errors"][0]["message"]) == (403, OVER)


@pytest.mark.parametrize(
    "cause", ["old", "replaced", "another secret", "rubbish", "activated", "deactivated", "another address"]
)
async def test_a_link_that_is_over_is_refused_in_the_same_words(portal: Portal, cause: str) -> None:
    ada = await with_password(portal, "Ada")
    ivo = await portal.member("Ivo", MembershipStatus.INVITED)
    link = await a_reset(portal, ada, clock.now() - timedelta(hours=1) if cause == "old" else None)
    change = "UPDATE membership SET {} WHERE id = $1 RETURNING id"
    match cause:
        case "replaced":
            await a_reset(portal, ada)
        case "another secret":
            link = link[:-43] + "A" * 43
        case "rubbish":
            link = "rubbish"
        case "activated":
            made = await portal.world.perform(
                portal.world.system, send_invitation, membership_id=ivo.id, at=clock.now()
            )
            link = made.text
            await portal.changed(change.format("status = 'ACTIVE'"), ivo.id)
        case "deactivated":
            await portal.changed(change.format("status = 'DEACTIVATED'"), ada)
        case "another address":
            await portal.changed(change.format("email_normalised = 'ada@other.example'"), ada)
    before = await portal.table("password")

    answer = await portal.browser().use_link(link, OTHER)

    assert (answer.status_code, answer.json()["errors"]) == (
        403,
        [{"message": OVER, "extensions": {"code": "FORBIDDEN"}}],
    )
    assert await portal.table("password") == before


async def test_a_link_gives_no_password_that_is_easily_guessed_and_stays_good(portal: Portal) -> None:
    ada = await with_password(portal, "Ada")
    link = await a_reset(portal, ada)

    refused_one = await portal.browser().use_link(link, "password1234")
    done = await portal.browser().use_link(link, OTHER)

    assert (refused_one.status_code, done.status_code) == (422, 204)


async def test_no_other_sites_page_uses_a_link_or_asks_for_one(portal: Portal) -> None:
    ada = await with_password(portal, "Ada")
    link = await a_reset(portal, ada)
    elsewhere = {"x-requested-with": "portal", "sec-fetch-site": "cross-site"}

    answers = [
        await portal.browser().post("/auth/link", {"link": link, "password": OTHER}, elsewhere),
        await portal.browser().post(f"/auth/{portal.slug}/reset", {"email": "ada@example.com"}, elsewhere),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert mails(portal) == []


async def test_neither_database_nor_log_has_a_links_text(portal: Portal) -> None:
    await with_password(portal, "Ada")
    await portal.browser().ask_for_reset("ada@example.com")
    (mail,) = mails(portal)
    secret = link_in(mail).rpartition(".")[2]

    tables = [await portal.table(name) for name in ("account_link", "audit_event", "domain_event")]

    assert secret not in str(tables) + portal.said()
    folder = portal.data_directory / "outgoing-mail"
    assert folder.stat().st_mode & 0o077 == 0


async def test_who_is_no_administrator_sends_no_invitation_and_who_is_active_needs_none(portal: Portal) -> None:
    world = portal.world
    ivo, ada = await portal.member("Ivo", MembershipStatus.INVITED), await portal.member("Ada")

    with refused(Forbidden, "You may not do this."):
        await world.perform(world.acting(ada.id, OrganizationRole.MEMBER), send_invitation, membership_id=ivo.id)
    with refused(WrongState, "This member is active; only who is invited gets an invitation."):
        await world.perform(world.system, send_invitation, membership_id=ada.id)
    with refused(WrongState, "This member is invited and can't sign in."):
        await world.perform(world.system, make_reset, membership_id=ivo.id)


async def test_the_page_that_a_link_leads_to_is_ours_alone(portal: Portal) -> None:
    browser = portal.browser()
    page = await browser.get("/auth/link")
    parts = [await browser.get(path) for path in re.findall(r'(?:src|href)="(.*?)"', page.text)]

    assert page.status_code == 200
    assert [(part.url.path, part.status_code) for part in parts] == [("/auth/page.css", 200), ("/auth/link.js", 200)]
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_whoever_has_a_directorys_token_has_no_link_sent_to_themselves(portal: Portal) -> None:
    olga = await with_password(portal, "Olga")
    await portal.changed("UPDATE membership SET role = 'ORG_ADMIN' WHERE id = $1 RETURNING id", olga)
    world = portal.world
    directory = Actor(
        organization_id=world.id,
        kind=ActorKind.SERVICE,
        id=new_id(),
        grants=(HeldGrant(GrantRole.VIEWER, ScopeType.ORG, privileges=frozenset({Privilege.PROVISIONING})),),
        access_version=None,
    )
    mallory = DirectoryPerson(user_name="olga", name="Olga", email="mallory@evil.example")
    await world.perform(directory, update_from_directory, membership_id=olga, person=mallory)

    answer = await portal.browser().ask_for_reset("mallory@evil.example")

    assert (answer.status_code, mails(portal)) == (202, [])


async def test_a_link_is_over_when_its_member_sets_another_password_or_removes_it(portal: Portal) -> None:
    ada = await with_password(portal, "Ada")
    await portal.world.plant(Identity(membership_id=ada, issuer="https://okta.example", subject="ada"))
    browser = await portal.signed_in(ada)

    first = await a_reset(portal, ada)
    await browser.set_password(PASSWORD, OTHER)
    second = await a_reset(portal, ada)
    await browser.remove_password(OTHER)
    answers = [await portal.browser().use_link(link, PASSWORD) for link in (first, second)]

    assert [(answer.status_code, answer.json()["errors"][0]["message"]) for answer in answers] == [(403, OVER)] * 2
    assert await portal.table("password") == []


def test_a_link_is_not_shown() -> None:
    link = AccountLink(
        membership_id=UUID(int=1),
        purpose="RESET",  # type: ignore[arg-type] # shown as it is
        email_normalised="a",
        secret_hash=b"secret",
        expires_at=clock.now(),
    )

    assert "secret" not in repr(link).replace("secret_hash", "")
