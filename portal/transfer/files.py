"""Reading an input file safely: whatever it is, the answer is its JSON document or a sentence that says what to do."""

import codecs
import json
from collections import Counter
from pathlib import Path

from portal.transfer.documents import MAX_DEPTH, Json, is_too_deep

MEBIBYTE = 2**20

# The largest boards (some 500 posts of 20 kB) are 10 MB; what is above this is something else.
MAX_FILE_BYTES = 64 * MEBIBYTE

# A file of nothing but brackets and commas would take thirty times its size in memory once it is parsed.
MAX_SEPARATORS = 4_000_000

# Whole numbers of 64 bits have at most 19 digits; longer ones are kept as text rather than refused.
MAX_NUMBER_DIGITS = 18

# UTF-32 comes first: its little-endian mark begins with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_OTHER_KINDS = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a compressed (gzip) file"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"<", "an HTML or XML page"),
)


class UnusableFile(Exception):
    """The file can't be imported at all; `message` is one sentence for whoever chose it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def read_document(path: Path) -> Json:
    """The JSON document in a file. Raises UnusableFile, and reads at most MAX_FILE_BYTES of it."""
    return document_from(_bytes_of(path), shown(path))


def document_from(content: bytes, name: str) -> Json:
    """The JSON document in the bytes of a file that is called `name` in messages. Raises UnusableFile."""
    if not content.strip(b" \t\r\n\x00"):
        raise UnusableFile(f"{name} is empty; export it again, or choose another file.")
    _refuse_other_kinds(content, name)
    document = _parsed(_decoded(content, name), name)
    if is_too_deep(document):
        raise UnusableFile(
            f"{name} nests deeper than {MAX_DEPTH} levels, which no board or résumé does; check the file."
        )
    return document


def shown(path: Path) -> str:
    """A path as it can be printed anywhere, even when its name isn't valid text."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _bytes_of(path: Path) -> bytes:
    name = shown(path)
    try:
        if path.is_dir():
            raise UnusableFile(f"{name} is a folder; name a file in it.")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise UnusableFile(f"There is no file {name}; check its name.") from None
    except PermissionError:
        raise UnusableFile(f"{name} may not be read by this user; change its permissions.") from None
    # ValueError: a path with a NUL character.
    except (OSError, ValueError) as error:
        raise UnusableFile(f"{name} can't be read ({_reason(error)}); check the path.") from error
    if len(content) > MAX_FILE_BYTES:
        raise UnusableFile(f"{name} is larger than {MAX_FILE_BYTES // MEBIBYTE} MiB; split it into smaller files.")
    return content


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _refuse_other_kinds(content: bytes, name: str) -> None:
    start = content.removeprefix(codecs.BOM_UTF8)[:256].lstrip()
    for mark, kind in _OTHER_KINDS:
        if start.startswith(mark):
            raise UnusableFile(f"{name} is {kind}, not JSON; export it as JSON.")


def _decoded(content: bytes, name: str) -> str:
    encoding = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise UnusableFile(f"{name} is not UTF-8 text; save it as UTF-8.") from None


def _parsed(text: str, name: str) -> Json:
    if text.count(",") + text.count("[") + text.count("{") > MAX_SEPARATORS:
        raise UnusableFile(f"{name} holds more values than any board or résumé; split it into smaller files.")
    try:
        document: Json = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole_number,
            parse_float=_number,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise UnusableFile(
            f"{name} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}; export it again."
        ) from None
    except RecursionError:
        raise _too_deep(name) from None
    except _NotPlainJson as error:
        raise UnusableFile(f"{name} {error}; correct it, or export it again.") from None
    return document


def _too_deep(name: str) -> UnusableFile:
    return UnusableFile(f"{name} nests deeper than {MAX_DEPTH} levels, as no board or résumé does; check the file.")


class _NotPlainJson(Exception):
    """The text parses, but different readers would understand it differently."""


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    read = dict(pairs)
    if len(read) != len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise _NotPlainJson(f"gives the key {json.dumps(twice[:80])} twice in one object")
    return read


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_NUMBER_DIGITS else digits


def _number(text: str) -> float | str:
    """A number too large for a float (1e999) would become infinite: it is kept as text."""
    value = float(text)
    return text if value in {float("inf"), float("-inf")} else value


def _refuse_constant(word: str) -> Json:
    raise _NotPlainJson(f"contains {word}, which JSON does not allow")
