"""The house stands as it is drawn: imports point down, and the parts that must not know each other do not."""

from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]

# Parts that are not layers: the root package's own small modules stand in the contract by name.
PARTS = {path.name for path in (ROOT / "portal").iterdir() if path.is_dir() and not path.name.startswith("_")}


def test_every_contract_is_kept() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_every_part_of_the_portal_has_its_place_in_the_layers() -> None:
    contract = (ROOT / "pyproject.toml").read_text().split('name = "Imports point down"')[1].split("[[")[0]

    missing = [part for part in sorted(PARTS) if f"portal.{part}" not in contract]

    assert missing == []
