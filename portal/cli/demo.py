"""`portal demo`: everything that it takes to look at the portal, from an empty folder to an address to open."""

from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from portal import clock
from portal.cli.problems import CommandProblem
from portal.cli.running import migrated_database, run, say, step
from portal.cli.serving import REQUEST_PATIENCE_SECONDS, listening, serve_on
from portal.database.connection import Database
from portal.demo.loading import load_demo
from portal.demo.organizations import Progress as Told
from portal.demo.tokens import FILE_NAME, DemoToken, demo_tokens
from portal.settings import Settings


def demo() -> None:
    """Make the demo unless it is there, then serve it until Ctrl-C: PORT=9000 portal demo on another port.

    A second run keeps the data. To begin anew, delete the data directory (.portal).
    """
    run(_demo(Settings.from_environment()))


async def _demo(settings: Settings) -> None:
    # First of all: whoever has to choose another port learns it before the long steps.
    listener = listening(settings)
    async with AsyncExitStack() as ends:
        ends.callback(listener.close)
        with step("The database is running, and its tables are up to date"):
            database = await ends.enter_async_context(
                migrated_database(settings, migrate=True, patience_seconds=REQUEST_PATIENCE_SECONDS)
            )
        tokens = await _load(database, settings)
        _tell(settings, tokens)
        await serve_on(database, settings, listener)


async def _load(database: Database, settings: Settings) -> Mapping[str, DemoToken]:
    now = clock.now()
    with _counting("Letting ten months of hiring happen") as progress:
        made = await load_demo(database, now, progress)
    say("The demo is made" if made.is_new else "The demo is there already, as it was left")
    file = settings.data_directory / FILE_NAME
    try:
        return await demo_tokens(database, made, file, now)
    except OSError as problem:
        raise CommandProblem(
            f"Can't write {file} ({problem.strerror}). Choose a folder of yours with PORTAL_DATA_DIRECTORY."
        ) from problem


@contextmanager
def _counting(what: str) -> Iterator[Told]:
    """A progress bar on a terminal; it appears with the first thing that is done."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)


def _tell(settings: Settings, tokens: Mapping[str, DemoToken]) -> None:
    """Where to look, and as whom: an address for each role that brings GraphiQL its token."""
    address = f"http://{shown_host(settings.host)}:{settings.port}/"
    # Plain text: a token that is coloured, wrapped or cut off signs nobody in.
    print(f"\nGraphiQL   {address}")
    print(f"API        {address}graphql")
    print("\nEach of these opens GraphiQL with a role's token, which follows token=.\n")
    for role, token in tokens.items():
        print(f"{role:<20}{address}#token={token.token}")
    print(f"\nThe tokens are also in {settings.data_directory / FILE_NAME}. Ctrl-C stops the demo.\n", flush=True)


def shown_host(host: str) -> str:
    """An address that a browser on this machine can open."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
