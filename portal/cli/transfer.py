"""`portal import`: bringing in what other systems export, or trying out what would come of it."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeAlias
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from portal.cli.problems import CommandProblem
from portal.cli.running import migrated_database, operators_call, organization_of, run
from portal.database.ids import parse_public_id
from portal.openings.reads import OPENING
from portal.records.enums import Origin
from portal.settings import Settings
from portal.transfer.actions.importing import Import
from portal.transfer.files import UnusableFile
from portal.transfer.greenhouse_board import read_board_file
from portal.transfer.json_resume import read_resume_files
from portal.transfer.outcomes import ImportReport, Outcome, RecordWarning
from portal.transfer.progress import Progress as Told

app = typer.Typer(help="Bring in what other systems export.", no_args_is_help=True, add_completion=False)

Organization = Annotated[str, typer.Option("--organization", help="The organization's slug.", metavar="SLUG")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing; report what the import would do.")]
Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON, for other programs.")]

# How many warnings and failures are shown one by one; --json has all of them.
_MOST_SHOWN = 10

Writing: TypeAlias = Callable[[Import], Coroutine[None, None, ImportReport]]


@app.command("greenhouse-board")
def greenhouse_board(
    file: Annotated[Path, typer.Argument(help="A Job Board API listing (jobs?content=true), or one of its jobs.")],
    organization: Organization,
    public_field: Annotated[
        list[str] | None, typer.Option(help="A custom field that is known to be public. Repeat for several.")
    ] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Import a Greenhouse job board: openings with their postings, departments, locations and pay.

    Greenhouse's job is our opening, its job post our posting. Jobs that were imported before are updated.
    """
    with _bar("Reading") as progress, _usable():
        board = read_board_file(file, public_metadata=public_field or (), progress=progress)

    async def write(importing: Import) -> ImportReport:
        return await importing.board(board)

    _finish(_write(organization, "greenhouse-board", write, dry_run=dry_run), json=json)


@app.command("json-resume")
def json_resume(
    files: Annotated[list[Path], typer.Argument(help="Résumés in the JSON Resume format, one or a list in each file.")],
    organization: Organization,
    opening: Annotated[
        str | None, typer.Option(help="Also submit an application for this opening, by its id (opn_…).", metavar="ID")
    ] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Import résumés as candidates. The same person twice is one candidate, who is updated."""
    opening_id = None if opening is None else _opening_id(opening)
    with _bar("Reading") as progress, _usable():
        resumes = read_resume_files(files, progress=progress)

    async def write(importing: Import) -> ImportReport:
        return await importing.resumes(resumes, opening_id)

    _finish(_write(organization, "json-resume", write, dry_run=dry_run), json=json)


def _write(organization: str, command: str, write: Writing, *, dry_run: bool) -> ImportReport:
    async def writing(progress: Told) -> ImportReport:
        async with migrated_database(Settings.from_environment()) as database:
            organization_id = await organization_of(database, organization)
            call = operators_call(organization_id, f"import {command}", origin=Origin.IMPORT)
            return await write(Import(database, call, is_dry_run=dry_run, progress=progress))

    with _bar("Trying out" if dry_run else "Writing") as progress:
        return run(writing(progress))


def _opening_id(text: str) -> UUID:
    found = parse_public_id(OPENING.prefix, text)
    if found is None:
        raise CommandProblem(f"{text!r} is not an opening's id, such as {OPENING.prefix}_0193….")
    return found


@contextmanager
def _usable() -> Iterator[None]:
    """A file that can't be imported at all is a problem of the command, told in one sentence."""
    try:
        yield
    except UnusableFile as problem:
        raise CommandProblem(problem.message) from problem


@contextmanager
def _bar(what: str) -> Iterator[Told]:
    """A progress bar on a terminal; it appears with the first thing that is done, and goes with the last."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)


def _finish(report: ImportReport, *, json: bool) -> None:
    """Show what became of the records; the command fails where a record did."""
    if json:
        typer.echo(orjson.dumps(report.to_json(), option=orjson.OPT_INDENT_2).decode())
    else:
        _show(report)
    if report.has_failures:
        raise typer.Exit(1)


def _show(report: ImportReport) -> None:
    console = Console(highlight=False)
    table = Table("", "created", "updated", "unchanged", "skipped", "failed", box=None)
    counts = {kind.value: count for kind, count in report.counts.items()}
    table.add_row(f"{len(report.outcomes)} records", *(str(count) for count in counts.values()))
    for entity in report.entities:
        table.add_row(entity.entity, str(entity.created), str(entity.updated), str(entity.unchanged), "", "")
    console.print("Nothing was written; this is what the import would do." if report.is_dry_run else "Imported.")
    console.print(table)
    lines = [*map(_outcome_line, filter(_is_explained, report.outcomes)), *map(_warning_line, report.warnings)]
    for line in lines[:_MOST_SHOWN]:
        # As it is: what stands in a file is no markup of ours.
        console.print(line, markup=False, soft_wrap=True)
    if len(lines) > _MOST_SHOWN:
        console.print(f"… and {len(lines) - _MOST_SHOWN} more; --json has all of them.")


def _is_explained(outcome: Outcome) -> bool:
    return outcome.code is not None


def _outcome_line(outcome: Outcome) -> str:
    name = outcome.label or outcome.external_id or "no id"
    return f"record {outcome.record} ({name}): {outcome.code}: {outcome.message}"


def _warning_line(warning: RecordWarning) -> str:
    about = "the file" if warning.record is None else f"record {warning.record}"
    return f"{about}: {warning.code}: {warning.message}"
