"""Who may sign in with a password, and who may have one or do without."""

from uuid import UUID

from portal.errors import Forbidden, WrongState


class WrongPassword(Forbidden):
    """Nobody has this address, or not this password, or may not sign in: the same for every cause."""

    def __init__(self) -> None:
        super().__init__(
            "That did not work: the address or the password is wrong, or the account can't sign in. Try again, or ask "
            "for a new password."
        )


def check_in_browser(session_id: UUID | None) -> None:
    """Refuses to make a way in with a token, which may end, or be narrowed, where a password isn't."""
    if session_id is None:
        raise Forbidden("A first password is set in a browser that is signed in, not with a token.")


def check_other_way(has_identity: bool) -> None:
    """Refuses to take away a member's only way to sign in."""
    if not has_identity:
        raise WrongState("Sign in with an identity provider once: the password is your only way in.", state="ONLY")
