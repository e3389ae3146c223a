"""Proofs say how much they looked at: what they count is listed in a table when the tests have run."""

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

# Adds to a count of a proof: its name, what was counted, how many there were.
Count: TypeAlias = Callable[[str, str, int], None]

PROPERTY = "proof"


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Counts go with the test's report, so that they arrive from every process; equal ones are added up."""

    def add(proof: str, what: str, number: int) -> None:
        record_property(PROPERTY, [proof, what, number])

    return add


# Any: pytest keeps no type of it.
def pytest_terminal_summary(terminalreporter: Any) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name == PROPERTY:
                proof, what, number = value
                counts[proof, what] += number
    if not counts:
        return
    terminalreporter.section("what was proven")
    widest = max(len(proof) for proof, _ in counts)
    for (proof, what), number in sorted(counts.items(), key=lambda item: item[0][0]):
        terminalreporter.write_line(f"{proof:<{widest}}  {number:>12,}  {what}")
