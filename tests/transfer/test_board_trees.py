"""Departments and offices: trees, whatever the jobs say of them; and where the work is done."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from portal.organizations.enums import WorkplaceType
from portal.transfer.board import BoardImport
from portal.transfer.greenhouse_board import board_of
from portal.transfer.outcomes import WarningCode
from portal.transfer.places import Place, places_of
from tests.transfer.boards import a_job, a_listing


def _tree(*nodes: dict[str, Any]) -> BoardImport:  # Any: JSON
    return board_of(a_job(departments=list(nodes)))


def _parents(board: BoardImport) -> list[tuple[str, str | None]]:
    return [(node.external_id, node.parent) for node in board.departments]


def test_departments_are_a_tree_parents_first() -> None:
    board = _tree(
        {"id": 3, "name": "C", "parent_id": 2},
        {"id": 2, "name": "B", "parent_id": "1", "child_ids": [3]},
        {"id": 1, "name": "A", "parent_id": None, "child_ids": [2, 99]},
    )

    assert _parents(board) == [("1", None), ("2", "1"), ("3", "2")]
    assert board.warnings == ()


def test_children_name_their_parent_when_they_do_not_themselves() -> None:
    board = _tree({"id": 1, "name": "A", "child_ids": [2]}, {"id": 2, "name": "B", "parent_id": None})

    assert _parents(board) == [("1", None), ("2", "1")]


def test_a_parent_that_is_not_in_the_file_makes_a_root() -> None:
    board = _tree({"id": 5, "name": "Engineering", "parent_id": 4})

    assert _parents(board) == [("5", None)]
    assert [warning.message for warning in board.warnings] == [
        "The parent 4 of department Engineering is not in the file; it becomes a root."
    ]


def test_a_cycle_is_cut_at_its_smallest_id() -> None:
    board = _tree(
        {"id": 30, "name": "C", "parent_id": 4},
        {"id": 4, "name": "A", "parent_id": 5},
        {"id": 5, "name": "B", "parent_id": 30},
        {"id": 6, "name": "Self", "parent_id": 6},
        {"id": 7, "name": "Below", "parent_id": 5},
    )

    assert _parents(board) == [("4", None), ("30", "4"), ("5", "30"), ("6", None), ("7", "5")]
    assert [(warning.code, warning.message) for warning in board.warnings] == [
        (WarningCode.CYCLE, "department A is its own ancestor; it becomes a root."),
        (WarningCode.CYCLE, "department Self is its own ancestor; it becomes a root."),
    ]


@settings(deadline=None)
@given(
    links=some.lists(
        some.tuples(
            some.integers(0, 9), some.integers(0, 12) | some.none(), some.lists(some.integers(0, 9), max_size=3)
        ),
        max_size=12,
    )
)
def test_whatever_the_links_every_parent_comes_before_its_children(
    links: list[tuple[int, int | None, list[int]]],
) -> None:
    board = _tree(*({"id": a, "name": f"N{a}", "parent_id": b, "child_ids": c} for a, b, c in links))

    seen: set[str] = set()
    for node in board.departments:
        assert node.parent is None or node.parent in seen
        seen.add(node.external_id)
    assert seen == {str(a) for a, _, _ in links if a}


def test_a_node_with_two_names_keeps_the_first_and_no_department_is_none() -> None:
    board = board_of(
        a_listing(
            a_job(1, departments=[{"id": 1, "name": "R&D", "parent_id": None}, {"id": 0, "name": "No Department"}]),
            a_job(2, departments=[{"id": 1, "name": "Research"}, {"name": "Nameless id"}, {"id": 8, "name": ""}]),
        )
    )

    assert [node.name for node in board.departments] == ["R&D"]
    assert [warning.code for warning in board.warnings] == [
        WarningCode.CONFLICT,
        WarningCode.LEFT_OUT,
        WarningCode.LEFT_OUT,
    ]


def test_an_office_has_a_place() -> None:
    offices = [
        {"id": 1, "name": "Remote - EMEA", "location": None},
        {"id": 2, "name": "HQ", "location": {"name": "London, UK"}},
    ]

    board = board_of(a_job(offices=offices))

    assert [node.place for node in board.offices] == [
        Place(name="Remote - EMEA", workplace_type=WorkplaceType.REMOTE, remote_regions=("EMEA",)),
        Place(name="London, UK", city="London", country="GB"),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "regions"),
    [
        ("Remote - US", WorkplaceType.REMOTE, ("US",)),
        ("US Remote", WorkplaceType.REMOTE, ("US",)),
        ("Remote, Canada", WorkplaceType.REMOTE, ("CA",)),
        ("Remote - US & Canada", WorkplaceType.REMOTE, ("US", "CA")),
        ("Remote (EMEA)", WorkplaceType.REMOTE, ("EMEA",)),
        ("Remote - San Francisco, CA", WorkplaceType.REMOTE, ("US-CA",)),
        ("Remote - Toronto, Ontario, Canada", WorkplaceType.REMOTE, ("CA-ON",)),
        ("Remote in Germany only", WorkplaceType.REMOTE, ("DE",)),
        ("United States (Remote)", WorkplaceType.REMOTE, ("US",)),
        ("🌍 Remote", WorkplaceType.REMOTE, ()),
        ("Hybrid/Remote - Oregon", WorkplaceType.HYBRID, ()),
        ("Remotely Inc. Tower", WorkplaceType.REMOTE, ("Inc. Tower",)),
        ("Berlin", WorkplaceType.ONSITE, ()),
    ],
)
def test_remote_work_is_told_from_the_location(text: str, kind: WorkplaceType, regions: tuple[str, ...]) -> None:
    (place,) = places_of(text)

    assert (place.workplace_type, place.remote_regions) == (kind, regions)


@pytest.mark.parametrize(
    ("text", "city", "region", "country"),
    [
        ("San Francisco, CA", "San Francisco", "CA", "US"),
        ("Portland, OR", "Portland", "OR", "US"),
        ("Toronto, ON, CA", "Toronto", "ON", "CA"),
        ("Sydney, New South Wales, Australia", "Sydney", "New South Wales", "AU"),
        ("London, UK", "London", None, "GB"),
        ("Canada", None, None, "CA"),
        ("Tbilisi, Georgia", None, None, None),
        ("Nowhere, Land", None, None, None),
        ("a, b, c, d", None, None, None),
        ("תל אביב, ישראל", None, None, None),
    ],
)
def test_an_address_is_taken_apart_only_when_it_is_certain(
    text: str, city: str | None, region: str | None, country: str | None
) -> None:
    (place,) = places_of(text)

    assert (place.name, place.city, place.region, place.country) == (text, city, region, country)


def test_several_places_are_several() -> None:
    assert [place.name for place in places_of("San Francisco, CA; New York, NY | Remote\nSan Francisco, CA")] == [
        "San Francisco, CA",
        "New York, NY",
        "Remote",
    ]
    assert len(places_of("; ".join(str(number) for number in range(21)))) == 1
    assert places_of(None) == places_of(" ; ") == ()
