"""What can be wrong with the server, said in one sentence that tells its operator what to do."""

import errno
import re
from pathlib import Path


class ServerProblem(Exception):
    """Postgres can't be found, made, started or reached. The message is one sentence with the way out."""


_FULL = "The disk that holds {place} is full: free some space and start again."
_ELSEWHERE = "PORTAL_DATA_DIRECTORY to another folder that this user may write."

# What initdb and Postgres print, and what to tell the operator instead. First match wins.
_KNOWN_CAUSES = (
    (r"No space left on device|Disk quota exceeded", _FULL),
    (
        r"incompatible with server|not initialized by this server version|not compatible with this version",
        "The data in {place} was made by another version of Postgres: start with that version, or set " + _ELSEWHERE,
    ),
    (
        r"could not (map|create) .*shared memory|Cannot allocate memory",
        "There is too little memory to start Postgres on {place}: end other programs and start again.",
    ),
    (r"Read-only file system", "{place} is on a read-only disk: set " + _ELSEWHERE),
    (
        r"Permission denied|Operation not permitted|has wrong ownership|has invalid permissions",
        "Postgres may not read or write {place}: give this user the folder, or set " + _ELSEWHERE,
    ),
    (
        r"valid checkpoint record|invalid checkpoint|could not open file \"global/|control file",
        "The data in {place} is damaged: restore it from a backup, or delete the folder to start empty.",
    ),
)


def problem_of_output(output: str, place: Path, log: Path | None = None) -> ServerProblem:
    """The sentence for what initdb or Postgres printed before it gave up."""
    for pattern, sentence in _KNOWN_CAUSES:
        if re.search(pattern, output):
            return ServerProblem(sentence.format(place=place))
    complaints = re.findall(r"(?:FATAL|PANIC|error|ERROR):\s+(.+)", output)
    said = complaints[-1].strip().rstrip(".") if complaints else "it gave no reason"
    where = f" Its log is {log}." if log else ""
    return ServerProblem(f"Postgres did not start on {place}: {said}.{where}")


def problem_of_error(error: OSError, place: Path) -> ServerProblem:
    """The sentence for a file operation that the system refused."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ServerProblem(_FULL.format(place=place))
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return ServerProblem(f"This user may not write {place}: give it the folder, or set {_ELSEWHERE}")
    if error.errno in {errno.EEXIST, errno.ENOTDIR}:
        return ServerProblem(f"{place} is not a folder: move it away, or set PORTAL_DATA_DIRECTORY to another place.")
    return ServerProblem(f"{place} can't be used: {error.strerror or error}.")
