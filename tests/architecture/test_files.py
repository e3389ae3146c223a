"""Files and functions stay small enough to be read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "portal").rglob("*.py"), *(ROOT / "schema").rglob("*.py")])

LONGEST_FILE = 400  # lines
LONGEST_FUNCTION = 50  # lines, decorators and docstring included

LONG_FUNCTIONS: dict[str, str] = {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_is_longer_than_50_lines(path: Path) -> None:
    long = {
        function.name: lines
        for function, lines in functions(path)
        if lines > LONGEST_FUNCTION and f"{path.relative_to(ROOT)}:{function.name}" not in LONG_FUNCTIONS
    }

    assert long == {}


def test_packages_open_with_a_docstring_and_hold_nothing_else() -> None:
    inits = [path for path in FILES if path.name == "__init__.py"]

    filled = [str(path.relative_to(ROOT)) for path in inits if not is_docstring_only(path)]

    assert filled == []


def test_every_module_opens_with_a_docstring() -> None:
    without = [str(path.relative_to(ROOT)) for path in FILES if ast.get_docstring(ast.parse(path.read_text())) is None]

    assert without == []


def functions(path: Path) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1


def is_docstring_only(path: Path) -> bool:
    body = ast.parse(path.read_text()).body
    return len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
