"""What came of a run: tables on the terminal, and the same as JSON and Markdown."""

import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.bars import Bar, over
from benchmarks.measuring import Measured, Sample
from benchmarks.operations import OPERATIONS

_HEADINGS = ("operation", "conn.", "server", "req/s", "of the limit", "p50 ms", "p99 ms", "server ms", "database ms")
_BAR_HEADINGS = ("what", "measured", "wanted", "")


@dataclass(frozen=True)
class Run:
    """Everything that a reader needs to know of one run."""

    at: datetime
    command: str
    scale: float
    seconds: float
    postgres: str
    revision: str  # of the code
    measured: Sequence[Measured]
    bars: Sequence[Bar]

    @property
    def is_good(self) -> bool:
        return all(bar.is_met for bar in self.bars)


def show(run: Run, console: Console) -> None:
    """The tables, on a terminal."""
    table = Table(*_HEADINGS, title=f"Scale {run.scale:g}, {run.seconds:g} s a turn, medians of the rounds")
    for column in table.columns[3:]:
        column.justify = "right"
    for row in _rows(run.measured):
        table.add_row(*row, style="bold" if row[2] == "portal" else "")
    console.print(table)
    judged = Table(*_BAR_HEADINGS, title="Bars")
    for bar in run.bars:
        verdict = "[green]met[/]" if bar.is_met else "[bold red]not met[/]"
        judged.add_row(bar.what, f"{bar.value:.2f}{bar.unit}", bar.wanted, verdict)
    console.print(judged)
    for each in run.measured:
        for example in (example for sample in each.rounds for example in sample.examples):
            text = example.decode(errors="replace")
            console.print(f"An error of {each.target}, {each.operation}: …{text}", style="red", markup=False)


def write(run: Run, folder: Path) -> Path:
    """Write both files; returns the Markdown's path."""
    folder.mkdir(exist_ok=True)
    name = f"{run.at:%Y-%m-%d-%H%M}-scale-{run.scale:g}"
    (folder / f"{name}.json").write_text(json.dumps(_as_json(run), indent=1))
    markdown = folder / f"{name}.md"
    markdown.write_text("\n".join(_markdown(run)) + "\n")
    return markdown


def _rows(measured: Sequence[Measured]) -> Iterator[tuple[str, ...]]:
    ordered = sorted(measured, key=lambda each: (OPERATIONS.index(each.operation), each.connections))
    limits = {(each.operation, each.connections): each for each in measured if each.target == "limit"}
    for each in ordered:
        limit = limits.get((each.operation, each.connections))
        ratio = "" if limit is None else f"{over(each, limit):.2f}"
        yield (
            each.operation,
            str(each.connections),
            each.target,
            f"{each.requests_per_second:,.0f}",
            ratio,
            f"{each.of(_p50):.1f}",
            f"{each.of(_p99):.1f}",
            f"{each.server_ms:.2f}",
            f"{each.database_ms:.2f}",
        )


def _p50(sample: Sample) -> float:
    return sample.p50_ms


def _p99(sample: Sample) -> float:
    return sample.p99_ms


def _markdown(run: Run) -> Iterator[str]:
    yield f"# Benchmark of {run.at:%Y-%m-%d %H:%M} UTC"
    yield ""
    yield (
        f"`{run.command}` at revision {run.revision}: scale {run.scale:g}, {run.seconds:g} s a turn, medians of the "
        f"rounds, PostgreSQL {run.postgres}, Python {platform.python_version()}, {os.cpu_count()} cores "
        f"({_processor()}); the server on one core, Postgres and the load generator on the other. "
        "server ms and database ms are processor time per request."
    )
    yield ""
    yield from _markdown_table(_HEADINGS, _rows(run.measured))
    yield ""
    yield "## Bars"
    yield ""
    yield from _markdown_table(_BAR_HEADINGS, map(_judged, run.bars))


def _judged(bar: Bar) -> tuple[str, ...]:
    return bar.what, f"{bar.value:.2f}{bar.unit}", bar.wanted, "met" if bar.is_met else "**not met**"


def _markdown_table(headings: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _as_json(run: Run) -> dict[str, object]:
    return {
        "at": run.at.isoformat(),
        "command": run.command,
        "scale": run.scale,
        "seconds": run.seconds,
        "postgres": run.postgres,
        "revision": run.revision,
        "processor": _processor(),
        "cores": os.cpu_count(),
        "measured": [
            {
                "operation": each.operation,
                "connections": each.connections,
                "target": each.target,
                "rounds": [
                    {name: value for name, value in asdict(sample).items() if name != "examples"}
                    for sample in each.rounds
                ],
            }
            for each in run.measured
        ],
        "bars": [{**asdict(bar), "is_met": bar.is_met} for bar in run.bars],
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
