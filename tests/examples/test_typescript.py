"""The TypeScript client of docs/examples: its types are made from our schema, it compiles, and it runs.

`make examples` installs what it needs; without that, or without Node, there is nothing to run.
"""

import shutil
from pathlib import Path

import pytest

from tests.cli.processes import ROOT
from tests.examples.conftest import Demo
from tests.examples.test_python import an_opening

FOLDER = ROOT / "docs" / "examples" / "typescript"

pytestmark = [
    pytest.mark.xdist_group("examples"),
    pytest.mark.skipif(shutil.which("node") is None, reason="Node is missing: it takes version 20 or newer"),
    pytest.mark.skipif(
        not (FOLDER / "node_modules").is_dir(), reason="Its packages are missing: make examples installs them"
    ),
]


async def test_it_compiles_and_its_program_reads_moves_and_is_told(demo: Demo) -> None:
    opening_id = await an_opening(demo)

    await demo.run("npm", "run", "--silent", "build", folder=FOLDER)
    printed = await demo.run("node", "dist/main.js", opening_id, folder=FOLDER, opening_id=opening_id)

    count, moved, told = printed.splitlines()
    assert count.startswith("Senior Software Engineer, Backend: ")
    assert count.endswith(" active applications")
    assert moved.startswith("Moved ")
    assert told == "Told: application.stage_changed"


def test_nothing_that_is_made_from_it_is_kept() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()

    assert {"node_modules/", "package-lock.json", "docs/examples/typescript/src/gql/"} <= set(ignored)
    assert not Path(FOLDER / "package-lock.json").exists()
