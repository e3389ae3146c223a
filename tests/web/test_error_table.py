"""The page of error codes says what every one means."""

from portal.web.error_table import error_page, meanings_of_codes
from portal.web.errors import ErrorCode


def test_every_code_has_a_meaning_on_the_page() -> None:
    meanings = meanings_of_codes()

    assert meanings.keys() == {code.value for code in ErrorCode}
    assert all(meanings.values())


def test_statuses_are_those_that_requests_are_answered_with() -> None:
    page = error_page({"NOT_FOUND": "There is no such thing."})

    assert "| `UNAUTHENTICATED` | 401 |" in page
    assert "| `GRAPHQL_PARSE_FAILED` | 400 |" in page
    assert "| `GRAPHQL_VALIDATION_FAILED` | 400 \\* |" in page
    assert "| `NOT_FOUND` | There is no such thing. |" in page
