"""Who may sign in with a password, and who may have one or do without."""

from datetime import datetime, timedelta

from portal.errors import Forbidden, WrongState


class WrongPassword(Forbidden):
    """Nobody has this address, or not this password, or may not sign in: the same for every cause."""

    def __init__(self) -> None:
        super().__init__(
            "That did not work: the address or the password is wrong, or the account can't sign in. Try again, or ask "
            "for a new password."
        )


# Long enough to think of a password, too short for whoever finds a browser that was left open.
FRESH_SIGN_IN = timedelta(minutes=10)


def check_fresh_sign_in(began_at: datetime | None, now: datetime) -> None:
    """Refuses to make a way in with what was not just proved: a token (`began_at` is None), which may end or be
    narrowed where a password isn't, or a session that somebody may have come to since it began.
    """
    if began_at is None:
        raise Forbidden("A first password is set in a browser that is signed in, not with a token.")
    if now - began_at >= FRESH_SIGN_IN:
        raise Forbidden(
            "A first password is set within 10 minutes of signing in: sign out, sign in again, and set it then."
        )


def check_other_way(has_identity: bool) -> None:
    """Refuses to take away a member's only way to sign in."""
    if not has_identity:
        raise WrongState("Sign in with an identity provider once: the password is your only way in.", state="ONLY")
