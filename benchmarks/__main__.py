"""The command: makes the data if need be, runs the servers, measures them in turn, and judges."""

import subprocess
import sys
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
import uvloop
from rich.console import Console
from rich.progress import Progress

from benchmarks import agreement, bars, clearing, costs, data, further, live, overload, report, slow_sockets
from benchmarks.bars import Bar
from benchmarks.measuring import ROUNDS, Measured, Requests, measure, warm_up
from benchmarks.operations import OPERATIONS, READS, Parameters, draw
from benchmarks.processes import cores, pin
from benchmarks.serving import ONLY_READS, SERVERS, settings_of
from benchmarks.targets import Target, running
from portal import clock
from portal.database.ids import new_id
from portal.database.roles import admin_connection, app_connection_arguments
from portal.database.server.running import running_server

FOLDER = Path(__file__).parent
_WARM_UP_SECONDS = 2.0
_WIDTH = 140  # characters of a line, where there is no terminal to say
_LEAST_MEMORY_SHARE = 0.1  # of the 100,000 requests, at small scales

# The load on all servers in turn, then what is measured of the portal alone.
LOAD = "load"
COSTS = "costs"
LIVE = "live"
MEASUREMENTS = (LOAD, "growth", "memory", "plans", "documents", COSTS, "overload", "slow-sockets", LIVE)
_OVERLOADED = ("board", "viewer")  # bounded by the database, and by the server itself

_ALL_OPERATIONS = ",".join(OPERATIONS)
_ALL_SERVERS = ",".join(SERVERS)

Operations = Annotated[str, typer.Option(help=f"Which of {', '.join(OPERATIONS)}.")]
Servers = Annotated[str, typer.Option(help=f"Which of {', '.join(SERVERS)}.")]
Connections = Annotated[str, typer.Option(help="How many connections at once, one run for each.")]
Scale = Annotated[
    float, typer.Option(min=0.01, max=1.0, help="How much of the full data: 1.0 is a million applications.")
]
Seconds = Annotated[float, typer.Option(min=0.5, max=60.0, help="How long each server has its turn in each round.")]
Names = Annotated[list[str] | None, typer.Argument(help=f"Which of {', '.join(MEASUREMENTS)}; all, if none is named.")]


class Bench:
    """One run."""

    def __init__(self, operations: Sequence[str], connections: Sequence[int], scale: float, seconds: float) -> None:
        self.operations = operations
        self.connections = connections
        self.scale = scale
        self.seconds = seconds
        self.arguments: dict[str, Any] = {}  # of the application's own connections, once there is a database
        self.server_core, client_core = cores()
        pin(client_core)
        # Through a pipe rich takes 80 columns, too few for a line of numbers.
        console = Console()
        self.console = console if console.is_terminal else Console(width=_WIDTH)

    async def run(self, names: Sequence[str], measurements: Sequence[str]) -> report.Run:
        settings = settings_of(FOLDER / "data")
        settings.data_directory.mkdir(exist_ok=True)
        async with running_server(settings) as server:
            organizations = await data.prepare(server, settings, self.scale)
            async with admin_connection(server, settings, data.DATABASE) as admin:
                with self.console.status("Putting back what was moved …"):
                    await clearing.clear(admin)
                parameters = await draw(admin, organizations, new_id().hex)
                self.arguments = app_connection_arguments(server, settings, data.DATABASE)
                measured, judged = await self._measured(names, admin, parameters, measurements)
                if COSTS in measurements:
                    judged += await self._alone(COSTS, costs.honesty(admin, self.arguments))
        command = f"make bench, as python -m benchmarks {' '.join(sys.argv[1:])}".strip()
        found = [*bars.of_load(measured), *judged]
        return report.Run(clock.now(), command, self.scale, self.seconds, server.version, _revision(), measured, found)

    async def _measured(
        self, names: Sequence[str], admin: asyncpg.Connection, parameters: Parameters, measurements: Sequence[str]
    ) -> tuple[list[Measured], list[Bar]]:
        folder = settings_of(FOLDER / "data").data_directory
        async with running(names, admin, folder, [str(self.scale), str(self.server_core)]) as targets:
            measured = await self._rounds(list(targets.values()), parameters) if LOAD in measurements else []
            portal = targets.get("portal")
            judged = await self._further(portal, parameters, measurements) if portal is not None else []
        return measured, judged

    async def _rounds(self, targets: list[Target], parameters: Parameters) -> list[Measured]:
        requests = Requests(parameters)
        measured: list[Measured] = []
        with Progress(console=self.console) as progress:
            turns = len(self.operations) * (len(self.connections) + 1)
            task = progress.add_task("Measuring", total=turns)
            for operation in self.operations:
                asked = [target for target in targets if operation in READS or target.name not in ONLY_READS]
                progress.update(task, description=f"{operation}: the same answers?")
                await agreement.check(asked, parameters, operation)
                progress.update(task, description=f"{operation}: warming up")
                await warm_up(asked, requests, operation, _WARM_UP_SECONDS)
                progress.advance(task)
                for connections in self.connections:
                    progress.update(task, description=f"{operation}: {connections} connections, {ROUNDS} rounds")
                    measured += await measure(asked, requests, operation, connections, self.seconds)
                    progress.advance(task)
        return measured

    async def _further(self, portal: Target, parameters: Parameters, measurements: Sequence[str]) -> list[Bar]:
        found: list[Bar] = []
        for name in measurements:
            if name not in (LOAD, COSTS, LIVE):
                found += await self._alone(name, self._one(name, portal, parameters))
        if LIVE in measurements:
            found += await self._alone(LIVE, live.live(portal, parameters, self.arguments, self.seconds))
        return found

    async def _alone(self, name: str, measurement: Awaitable[list[Bar]]) -> list[Bar]:
        """What a measurement found. One that fails is a bar missed, so that what the others found is kept."""
        with self.console.status(f"{name} …"):
            try:
                return await measurement
            except Exception:  # noqa: BLE001 - half an hour of figures must not end with it
                self.console.print_exception()
                return [bars.at_most(f"{name}: ended with an error", 1, 0)]

    async def _one(self, name: str, portal: Target, parameters: Parameters) -> list[Bar]:
        requests = Requests(parameters)
        match name:
            case "growth":
                by_page = await further.page_growth(portal, parameters, self.seconds)
                return by_page + await further.organization_growth(portal, parameters, self.seconds)
            case "memory":
                return await further.memory(portal, parameters, max(self.scale, _LEAST_MEMORY_SHARE))
            case "plans":
                return further.compilation()
            case "documents":
                return further.documents()
            case "overload":
                await self._warm(portal, requests, _OVERLOADED)
                return [
                    bar
                    for operation in _OVERLOADED
                    for bar in await overload.overload(portal, requests, operation, self.seconds)
                ]
            case "slow-sockets":
                await self._warm(portal, requests, ["viewer"])
                return await slow_sockets.slow_sockets(portal, requests, self.seconds)
        raise ValueError(name)

    async def _warm(self, portal: Target, requests: Requests, operations: Sequence[str]) -> None:
        for operation in operations:
            await warm_up([portal], requests, operation, _WARM_UP_SECONDS)


def main(
    names: Names = None,
    scale: Scale = 1.0,
    operations: Operations = _ALL_OPERATIONS,
    connections: Connections = "1,8,32",
    seconds: Seconds = 4.0,
    servers: Servers = _ALL_SERVERS,
) -> None:
    """Compare the portal with hand-written SQL and with an idiomatic server, and measure what stands for itself.

    Exits with 1 when a bar is missed.
    """
    measurements = _listed(",".join(names or MEASUREMENTS), MEASUREMENTS)
    if LOAD not in measurements:
        servers = "portal"
    counts = [int(number) for number in connections.split(",")]
    bench = Bench(_listed(operations, OPERATIONS), counts, scale, seconds)
    try:
        run = uvloop.run(bench.run(_listed(servers, tuple(SERVERS)), measurements))
    except (agreement.Disagreement, RuntimeError) as problem:
        bench.console.print(f"[bold red]{problem}[/]", highlight=False)
        raise typer.Exit(2) from problem
    report.show(run, bench.console)
    bench.console.print(f"Written to {report.write(run, FOLDER / 'results')}", highlight=False)
    if not run.is_good:
        raise typer.Exit(1)


def _listed(given: str, known: Sequence[str]) -> list[str]:
    chosen = given.split(",")
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: choose from {', '.join(known)}.")
    return chosen


def _revision() -> str:
    """The code's commit, `unknown` outside of a checkout."""
    command = ["git", "-C", str(FOLDER), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


if __name__ == "__main__":
    typer.run(main)
