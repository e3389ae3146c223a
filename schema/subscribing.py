"""How subscriptions are said: what they answer, and from when. Nothing is resolved here: the edge reads each event's
payload through the read door, for whoever subscribed.
"""

import inspect
from collections.abc import AsyncGenerator
from typing import Annotated, Any

import strawberry

AFTER = (
    "The `cursor` of the last payload that was received: what has happened since is told first, then what happens. "
    "Without it, what happens from now on."
)
CURSOR = "Where this stands in the subscription: send it as `after` to go on from here."


def stream(payload: Any, description: str, **arguments: str) -> Any:  # Any: GraphQL types of all payloads
    """A field of Subscription; `arguments` are ids, each with its description."""

    async def resolver(**_given: object) -> AsyncGenerator[Any, None]:
        raise AssertionError("The edge answers subscriptions; they are never resolved.")
        yield  # type: ignore[unreachable] # it makes the function the generator that Strawberry asks for

    ids = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=Annotated[strawberry.ID, strawberry.argument(description=text)],
        )
        for name, text in arguments.items()
    ]
    after = inspect.Parameter(
        "after",
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[str | None, strawberry.argument(description=AFTER)],
        default=strawberry.UNSET,
    )
    resolver.__signature__ = inspect.Signature(  # type: ignore[attr-defined] # how Strawberry learns the arguments
        [*ids, after], return_annotation=AsyncGenerator[payload, None]
    )
    resolver.__annotations__ = {"return": AsyncGenerator[payload, None]}
    return strawberry.subscription(resolver=resolver, description=description)
