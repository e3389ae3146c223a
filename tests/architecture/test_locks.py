"""The locks say what pyproject.toml asks for, with a hash for every package and no address."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
BUILD = ["setuptools>=80"]
LOCKS = {
    "requirements.lock": [*PROJECT["dependencies"], *BUILD],
    "requirements-dev.lock": [
        *PROJECT["dependencies"],
        *PROJECT["optional-dependencies"]["dev"],
        *BUILD,
        "uv>=0.13",
    ],
}


def locked(lock: str) -> dict[str, str]:
    """{package: version}"""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^ \\;]+)", (ROOT / lock).read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_wanted_package_is_locked_in_a_wanted_version(lock: str) -> None:
    pins = locked(lock)

    unmet = [
        wanted
        for wanted in LOCKS[lock]
        if not Requirement(wanted).specifier.contains(pins.get(canonicalize_name(Requirement(wanted).name), "0"))
    ]

    assert unmet == [], "run make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_no_package_is_locked_that_nobody_wants_any_more(lock: str) -> None:
    wanted = {canonicalize_name(Requirement(text).name) for text in LOCKS[lock]}
    text = (ROOT / lock).read_text()
    entries = re.findall(r"^([A-Za-z0-9._-]+)==.*?\n((?:    .*\n)*)", text, re.MULTILINE)

    left = [
        name
        for name, notes in entries
        if f"{PROJECT['name']} (pyproject.toml)" in notes and canonicalize_name(name) not in wanted
    ]

    assert left == [], "run make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes_and_no_address_is_recorded(lock: str) -> None:
    text = (ROOT / lock).read_text()

    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())

    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "index" not in re.sub(r"#.*", "", text)


def test_developers_and_operators_run_the_same_versions() -> None:
    runtime, development = locked("requirements.lock"), locked("requirements-dev.lock")

    assert {name: development.get(name) for name in runtime} == runtime
