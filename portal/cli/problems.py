"""What a command says of a problem, in one sentence. Anything else that is raised is a bug, and shown as it is."""

import asyncpg

from portal.database.server.problems import ServerProblem
from portal.errors import UserError
from portal.settings import SettingsProblem


class CommandProblem(Exception):
    """Why a command can't do what it was asked for, as one sentence that says what to do."""


def sentence_of(problem: Exception) -> str | None:
    """The sentence for whoever typed the command; None for a bug."""
    match problem:
        case ServerProblem() | SettingsProblem() | CommandProblem():
            return str(problem)
        case UserError():
            return problem.message
        case asyncpg.DiskFullError():
            return "The disk is full: make room for the database, then start again. What was written before is kept."
        case OSError() | asyncpg.PostgresConnectionError() | asyncpg.InsufficientPrivilegeError():
            return f"{str(problem) or type(problem).__name__}.".replace("..", ".")
        case _:
            return None
