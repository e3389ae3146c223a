"""How an execution's errors become the response's: each with a code, bugs without a word of their own."""

from graphql import GraphQLError

from portal.errors import Forbidden, InvalidInput
from portal.web.errors import ErrorCode, Refused, public_errors


def test_each_kind_of_error_has_its_code() -> None:
    bug = ValueError("secret")
    errors = [
        GraphQLError("graphql-core's own"),
        GraphQLError("x", original_error=InvalidInput("Too many rows.")),
        GraphQLError("You may not do this.", original_error=Forbidden("You may not do this.")),
        GraphQLError("x", path=["a"], original_error=Refused(ErrorCode.OVERLOADED, "Slow down.")),
        GraphQLError("x", path=["b", 0], original_error=bug),
    ]

    answers, bugs = public_errors(errors, "request-1")

    assert bugs == [bug]
    assert [answer["extensions"] for answer in answers] == [
        {"code": "BAD_USER_INPUT"},
        {"code": "BAD_USER_INPUT"},
        {"code": "FORBIDDEN"},
        {"code": "OVERLOADED"},
        {"code": "INTERNAL_SERVER_ERROR", "requestId": "request-1"},
    ]
    assert answers[3] == {"message": "Slow down.", "path": ["a"], "extensions": {"code": "OVERLOADED"}}
    assert answers[4]["message"] == "Something went wrong on our side."
    assert answers[4]["path"] == ["b", 0]
