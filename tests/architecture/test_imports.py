"""The house stands as it is drawn: imports point down, and the parts that must not know each other do not."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Parts that are not layers: the root package's own small modules stand in the contract by name.
PARTS = {path.name for path in (ROOT / "portal").iterdir() if path.is_dir() and not path.name.startswith("_")}


def test_every_contract_is_kept() -> None:
    # In a process of its own: it silences every logger that the process it runs in already has.
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_part_of_the_portal_has_its_place_in_the_layers() -> None:
    contract = (ROOT / "pyproject.toml").read_text().split('name = "Imports point down"')[1].split("[[")[0]

    missing = [part for part in sorted(PARTS) if f"portal.{part}" not in contract]

    assert missing == []
