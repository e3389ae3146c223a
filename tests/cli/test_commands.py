"""The commands on a database that is there: imports, tokens, the doctor; each problem is one sentence and a status."""

import asyncio
import hashlib
import json
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from portal import clock
from portal.access.actions import WriteDoor
from portal.access.actor import Actor
from portal.access.work import Call
from portal.cli.main import main
from portal.database.connection import Database
from portal.database.ids import new_id
from portal.demo.organizations import make_other_organization
from tests.conftest import Postgres
from tests.transfer.boards import a_job, a_listing
from tests.transfer.resumes import a_resume

GLOBEX = ("--organization", "globex")


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit status."""

    status: int
    out: str
    problems: str

    def json(self) -> Any:  # Any: JSON
        return json.loads(self.out)


Command = Callable[..., Answer]


@pytest.fixture(scope="module")
async def installation(postgres: Postgres) -> AsyncIterator[str]:
    """The name of a database with the demo's second organization, Globex, in it."""
    name = await postgres.clone()
    database = await Database.open(postgres.app(name), size=2)
    call = Call(Actor.system(new_id()), clock.now(), "test")
    await WriteDoor(database).perform(call, make_other_organization, progress=lambda _done, _total: None)
    await database.close()
    yield name
    await postgres.drop(name)


@pytest.fixture
def command(
    installation: str,
    postgres: Postgres,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Command:
    """Runs a command in this process, on that database."""
    monkeypatch.setenv("PORTAL_DATABASE_URL", postgres.server.admin_dsn)
    monkeypatch.setenv("PORTAL_DATABASE_NAME", installation)
    monkeypatch.setenv("PORTAL_DATA_DIRECTORY", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["portal", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return Answer(int(end.value.code or 0), said.out, said.err)

    return run


def written(folder: Path, document: object) -> str:
    file = folder / "file.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(file)


def test_help_names_every_command(command: Command) -> None:
    answer = command("--help")

    assert answer.status == 0
    for name in ("serve", "work", "migrate", "demo", "import", "documents", "token", "export-schema", "doctor"):
        assert f" {name} " in answer.out


def test_a_board_is_imported_once(command: Command, tmp_path: Path) -> None:
    file = written(tmp_path, a_listing(a_job(1), a_job(2)))

    rehearsed = command("import", "greenhouse-board", file, *GLOBEX, "--dry-run", "--json")
    first = command("import", "greenhouse-board", file, *GLOBEX, "--json")
    second = command("import", "greenhouse-board", file, *GLOBEX)

    assert (rehearsed.status, first.status, second.status) == (0, 0, 0)
    assert rehearsed.json() == first.json() | {"dryRun": True}
    assert first.json()["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "skipped": 0, "failed": 0}
    assert "2 records" in second.out
    assert "Posting" in second.out


def test_a_record_that_fails_is_told_and_makes_the_command_fail(command: Command, tmp_path: Path) -> None:
    file = written(tmp_path, a_listing(*(a_job(number, title="") for number in range(12))))

    answer = command("import", "greenhouse-board", file, *GLOBEX, "--dry-run")

    assert answer.status == 1
    assert "Nothing was written" in answer.out
    assert "record 0 (7000000): NO_TITLE: The job has no title." in answer.out
    assert "… and 2 more; --json has all of them." in answer.out


def test_resumes_are_imported_for_an_opening(command: Command, tmp_path: Path) -> None:
    file = written(tmp_path, a_resume(email="vera@example.com"))

    answer = command("import", "json-resume", file, *GLOBEX, "--dry-run", "--json")
    unknown = command("import", "json-resume", file, *GLOBEX, "--opening", f"opn_{new_id().hex}")
    malformed = command("import", "json-resume", file, *GLOBEX, "--opening", "7")

    assert answer.json()["counts"]["created"] == 1
    assert (unknown.status, unknown.problems) == (1, "portal: No such opening.\n")
    assert (malformed.status, malformed.problems) == (
        1,
        "portal: '7' is not an opening's id, such as opn_0193….\n",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty; export it again, or choose another file."),
        ("{", "is not JSON: "),
        ("%PDF-1.7", "is a PDF document, not JSON; export it as JSON."),
        (json.dumps({"basics": {"name": "Ada"}}), "is a résumé in the JSON Resume format, not a Greenhouse job board;"),
    ],
)
def test_a_file_that_is_no_board_gets_one_sentence(
    command: Command, tmp_path: Path, content: str, sentence: str
) -> None:
    answer = command("import", "greenhouse-board", written(tmp_path, content), *GLOBEX)

    assert answer.status == 1
    assert answer.out == ""
    assert answer.problems.startswith("portal: ")
    assert sentence in answer.problems
    assert answer.problems.count("\n") == 1


def test_an_unknown_organization_gets_one_sentence(command: Command, tmp_path: Path) -> None:
    file = written(tmp_path, a_job())

    answer = command("import", "greenhouse-board", file, "--organization", "nobody")

    assert (answer.status, answer.problems) == (1, "portal: There is no organization with the slug 'nobody'.\n")


def test_a_token_is_issued_listed_and_revoked(command: Command) -> None:
    issued = command("token", "issue", *GLOBEX, "--email", "Gita@Example.com", "--scope", "opening:read")
    listed = command("token", "list", *GLOBEX, "--json").json()
    token = next(token for token in listed if token["name"] == "Command line")
    revoked = command("token", "revoke", token["id"], *GLOBEX)
    again = command("token", "revoke", token["id"], *GLOBEX)
    shown = command("token", "list", *GLOBEX)

    assert issued.status == 0
    assert issued.out.startswith("portal_live_")
    assert issued.out.count("\n") == 1
    assert (token["holder"], token["scopes"], token["status"]) == ("gita@example.com", ["opening:read"], "in force")
    assert revoked.out == f"{token['id']} is revoked.\n"
    assert (again.status, again.problems) == (1, "portal: This is already revoked.\n")
    assert token["id"] in shown.out
    assert "revoked" in shown.out


def test_a_token_is_revoked_by_the_key_id_that_its_text_holds(command: Command) -> None:
    text = command("token", "issue", *GLOBEX, "--email", "gita@example.com", "--name", "Leaked").out
    key_id = text.split("_")[3]

    shown = command("token", "list", *GLOBEX)
    revoked = command("token", "revoke", key_id, *GLOBEX)
    listed = command("token", "list", *GLOBEX, "--json").json()
    unknown = command("token", "revoke", "aaaaaaaaaaaa", *GLOBEX)

    assert key_id in shown.out
    assert revoked.out == f"{key_id} is revoked.\n"
    assert [token["status"] for token in listed if token["keyId"] == key_id] == ["revoked"]
    assert (unknown.status, unknown.problems) == (1, "portal: No such api token.\n")


def test_a_token_is_bound_to_networks(command: Command) -> None:
    networks = ("--network", "192.0.2.0/24", "--network", "2001:db8::/32")
    command("token", "issue", *GLOBEX, "--email", "gita@example.com", "--name", "Office", *networks)

    listed = command("token", "list", *GLOBEX, "--json").json()

    assert [token["networks"] for token in listed if token["name"] == "Office"] == [["192.0.2.0/24", "2001:db8::/32"]]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Say whose token it is: --email or --service-account, one of them."),
        (("--email", "nobody@example.com"), "globex has nobody called nobody@example.com."),
        (("--service-account", "Nothing"), "globex has nobody called Nothing."),
        (
            ("--email", "gita@example.com", "--scope", "everything"),
            "There is no permission everything. docs/permissions.md lists them.",
        ),
        (("--email", "gita"), "This is not an e-mail address, such as ada@example.com."),
    ],
)
def test_a_token_that_can_not_be_made_gets_one_sentence(
    command: Command, arguments: tuple[str, ...], sentence: str
) -> None:
    answer = command("token", "issue", *GLOBEX, *arguments)

    assert (answer.status, answer.out, answer.problems) == (1, "", f"portal: {sentence}\n")


def test_a_token_nobody_has_can_not_be_revoked(command: Command) -> None:
    answer = command("token", "revoke", "tok_7", *GLOBEX)

    assert (answer.status, answer.problems) == (1, "portal: No such api token.\n")


def test_a_member_is_invited_and_helped_with_a_link_each(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    off = command("member", "invite", "nina@example.com", *GLOBEX)
    monkeypatch.setenv("PORTAL_PASSWORDS", "true")
    unknown = command("member", "invite", "nina@example.com", *GLOBEX)
    invited = command("member", "invite", "nina@example.com", *GLOBEX, "--name", "Nina")
    again = command("member", "invite", "Nina@Example.com", *GLOBEX)
    too_early = command("password", "reset", "nina@example.com", *GLOBEX)
    helped = command("password", "reset", "gita@example.com", *GLOBEX)
    nobody = command("password", "reset", "nobody@example.com", *GLOBEX)
    no_factor = command("password", "forget-second-factor", "gita@example.com", *GLOBEX)

    assert off.problems.startswith("portal: Passwords are switched off. Set PORTAL_PASSWORDS=true")
    assert unknown.problems.startswith("portal: globex has no member nina@example.com. Say their --name")
    for link in (invited, again, helped):
        assert link.out.startswith("http://127.0.0.1:8000/auth/link#"), link
        assert link.out.count("\n") == 1
    assert invited.out != again.out
    assert too_early.problems == "portal: This member is invited and can't sign in.\n"
    assert nobody.problems == "portal: globex has no member nobody@example.com. Check the address, or invite them.\n"
    assert no_factor.problems == "portal: This member has no second factor.\n"


def test_a_provider_is_added_given_its_secret_and_disabled(command: Command, tmp_path: Path) -> None:
    client = ("--issuer", "https://login.example.com", "--client-id", "portal")
    added = command("provider", "add", "okta", *GLOBEX, *client, "--domain", "example.com", "--policy", "DOMAIN")
    again = command("provider", "add", "okta", *GLOBEX, *client)
    kept = command("provider", "secret", "okta", written(tmp_path, "hush"), *GLOBEX)
    empty = command("provider", "secret", "okta", written(tmp_path, " "), *GLOBEX)
    disabled = command("provider", "disable", "okta", *GLOBEX)
    (listed,) = command("provider", "list", *GLOBEX, "--json").json()
    enabled = command("provider", "enable", "okta", *GLOBEX)
    shown = command("provider", "list", *GLOBEX)
    nobody = command("provider", "disable", "entra", *GLOBEX)

    assert added.out == "http://127.0.0.1:8000/auth/callback\n"
    assert again.problems == "portal: An identity provider has this name already.\n"
    assert Path(kept.out.removeprefix("The secret is kept in ").removesuffix(".\n")).read_text() == "hush"
    assert empty.problems == "portal: That is empty; it must hold the client's secret.\n"
    assert (disabled.out, enabled.out) == ("okta is disabled.\n", "okta is enabled.\n")
    assert (listed["domains"], listed["policy"], listed["status"]) == ("example.com", "DOMAIN", "disabled")
    assert "in use" in shown.out
    assert nobody.problems == "portal: globex has no identity provider called entra.\n"


def test_the_doctor_finds_nothing_wrong(command: Command) -> None:
    answer = command("doctor")

    assert answer.status == 0, answer.out
    assert "✗" not in answer.out
    assert answer.out.count("✓") == 5


@pytest.mark.parametrize(
    ("fault", "finding", "mending"),
    [
        (
            "ALTER TABLE portal.opening NO FORCE ROW LEVEL SECURITY",
            "portal.opening: does not have row-level security enabled and forced",
            "ALTER TABLE portal.opening ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
        ),
        (
            "GRANT TRUNCATE ON portal.skill TO PUBLIC",
            "portal.skill (- TRUNCATE): lets somebody do more than read and write rows through the whole table",
            "REVOKE TRUNCATE ON portal.skill FROM PUBLIC;",
        ),
        (
            "ALTER ROLE portal_app CREATEDB",
            "create databases: is a right that portal_app must not have",
            "Run portal migrate: it sets the role right.",
        ),
        (
            "ALTER ROLE portal_app RESET statement_timeout",
            "role portal_app has its settings, such as how long a statement may take",
            "Run: portal migrate",
        ),
        ("ALTER ROLE portal_app NOLOGIN", "role portal_app can log in", "Run: portal migrate"),
    ],
)
def test_the_doctor_says_what_is_wrong_and_what_mends_it(
    command: Command, postgres: Postgres, installation: str, fault: str, finding: str, mending: str
) -> None:
    run_as_admin(postgres, installation, fault)

    ill = command("doctor")
    if mending.endswith(";"):
        run_as_admin(postgres, installation, mending)
    else:
        assert command("migrate").status == 0
    well = command("doctor")

    assert ill.status == 1
    assert f"✗ {finding}\n    {'As the administrator: ' if mending.endswith(';') else ''}{mending}\n" in ill.out
    assert ill.out.count("✗") == 1
    assert well.status == 0, well.out


def test_documents_are_published_listed_and_retired(command: Command, tmp_path: Path) -> None:
    texts = {"Who": "query Who { viewer { id } }", "Titles": "query Titles { openings { nodes { title } } }"}
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    operations = [{"id": hashes["Who"], "name": "Who", "type": "query", "body": texts["Who"]}]
    manifest = written(tmp_path, {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations})
    alone = tmp_path / "titles.graphql"
    alone.write_text(texts["Titles"])
    release = ("--client", "web", "--release", "1.4.0", *GLOBEX)

    first = command("documents", "publish", manifest, *release)
    second = command("documents", "publish", manifest, str(alone), *release)
    third = command("documents", "publish", str(alone), *release, "--json")
    listed = command("documents", "list", *GLOBEX, "--json")
    retired = command("documents", "retire", *release)
    shown = command("documents", "list", *GLOBEX)
    again = command("documents", "retire", *release)
    unknown = command("documents", "retire", "--client", "web", "--release", "2", *GLOBEX)

    assert first.out == f"sha256:{hashes['Who']} published: Who in {manifest}\n"
    assert second.out == (
        f"sha256:{hashes['Who']} unchanged: Who in {manifest}\nsha256:{hashes['Titles']} published: {alone}\n"
    )
    assert third.json() == {"documentIds": [f"sha256:{hashes['Titles']}"], "addedIds": []}
    assert listed.json() == [
        {
            "client": "web",
            "release": "1.4.0",
            "status": "in use",
            "documentId": f"sha256:{hashes[name]}",
            "operations": [name],
        }
        for name in ("Who", "Titles")
    ]
    assert retired.out == "web 1.4.0 is retired.\n"
    assert f"sha256:{hashes['Who']}" in shown.out
    assert "retired" in shown.out
    assert (again.status, again.problems) == (1, "portal: This release is already retired.\n")
    assert (unknown.status, unknown.problems) == (
        1,
        "portal: No documents were published with web 2. See: portal documents list\n",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            {"0" * 64: "query Who { viewer { id } }"},
            f"{'0' * 64} in {{}} has an id that is not the SHA-256 of its text, which is sha256:",
        ),
        (
            {
                "format": "apollo-persisted-query-manifest",
                "operations": [
                    {"id": hashlib.sha256(b"query A { gone }").hexdigest(), "name": "A", "body": "query A { gone }"}
                ],
            },
            "A in {} can't be run: Cannot query field 'gone' on type 'Query' (line 1, column 11). Correct it; nothing",
        ),
        ("nonsense", "{} is not JSON ("),
    ],
)
def test_documents_that_can_not_be_published_get_one_sentence(
    command: Command, tmp_path: Path, content: object, sentence: str
) -> None:
    file = written(tmp_path, content)

    answer = command("documents", "publish", file, "--client", "web", "--release", "9", *GLOBEX)
    absent = command("documents", "publish", f"{file}x", "--client", "web", "--release", "9", *GLOBEX)

    assert (answer.status, answer.out) == (1, "")
    assert answer.problems.startswith(f"portal: {sentence.replace('{}', file)}")
    assert answer.problems.count("\n") == 1
    assert (absent.status, absent.problems.count("\n")) == (1, 1)


@pytest.mark.parametrize(("given", "kept"), [((), "ALLOW"), (("--documents", "only"), "ONLY")])
def test_a_token_says_what_it_may_send(command: Command, given: tuple[str, ...], kept: str) -> None:
    command("token", "issue", *GLOBEX, "--email", "gita@example.com", "--name", f"For {kept}", *given)

    listed = command("token", "list", *GLOBEX, "--json").json()

    assert [token["documents"] for token in listed if token["name"] == f"For {kept}"] == [kept]


def test_the_doctor_changes_nothing(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_NAME", "portal_nowhere")

    first, second = command("doctor"), command("doctor")

    assert (first.status, first.out) == (second.status, second.out)
    assert first.status == 1
    assert "✗ there is no database portal_nowhere\n    Run: portal migrate\n" in first.out


def test_a_database_that_is_not_up_to_date_gets_one_sentence(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_NAME", "postgres")

    answer = command("import", "greenhouse-board", written(tmp_path, a_job()), *GLOBEX)
    told = command("doctor")

    assert answer.status == 1
    assert answer.problems == "portal: The database's tables are not up to date. Run: portal migrate\n"
    assert told.status == 1
    assert "tables at revision none" in told.out


def test_only_migrating_makes_roles_and_sets_passwords(
    command: Command, postgres: Postgres, installation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_APP_PASSWORD", "somebody-elses")
    run_as_admin(postgres, installation, "ALTER ROLE portal_app NOLOGIN")

    listed = command("token", "list", *GLOBEX)
    migrated = command("migrate")
    again = command("token", "list", *GLOBEX)

    assert listed.status == 1
    assert listed.problems == (
        'portal: portal_app can\'t sign in (role "portal_app" is not permitted to log in): PORTAL_APP_PASSWORD must be '
        "what it was at portal migrate, which makes the role and sets its password.\n"
    )
    assert (migrated.status, again.status) == (0, 0)


def test_a_setting_that_can_not_be_used_gets_one_sentence(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_POOL_SIZE", "many")

    answer = command("doctor")

    assert answer.status == 1
    assert answer.problems.startswith("portal: PORTAL_POOL_SIZE can't be used: ")


def run_as_admin(postgres: Postgres, name: str, statement: str) -> None:
    async def run() -> None:
        connection: asyncpg.Connection[Any] = await asyncpg.connect(**postgres.admin(name))
        await connection.execute(statement)
        await connection.close()

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(run())
