"""A board's custom fields (`metadata`): kept by type, internal unless known to be public.

Being served by the board's API does not make a field public: employers expose fields there for their own career pages.
Known to be public are those that state what every career page shows (PUBLIC_NAMES), and those the importer is told.
"""

import re
from collections.abc import Callable, Collection
from datetime import date

from portal.bounds import EARLIEST_YEAR, LATEST_YEAR, URL_LENGTH
from portal.openings.enums import EmploymentType
from portal.organizations.enums import WorkplaceType
from portal.transfer.board import Metadatum
from portal.transfer.documents import Json
from portal.transfer.fields import Fields, one_line, paragraphs, shortened
from portal.transfer.money import decimal_of
from portal.transfer.outcomes import WarningCode

PUBLIC_NAMES = frozenset(("employment type", "time type", "workplace type", "location type", "job type", "commitment"))

_EMPLOYMENT_NAMES = re.compile(
    r"employment type|time type|job type|worker (?:sub-?)?type|contract type|commitment", re.IGNORECASE
)
_WORKPLACE_NAMES = re.compile(
    r"workplace type|work(?:place)? (?:model|arrangement)|location type|remote status", re.IGNORECASE
)
_TRUE_REMOTE_NAMES = re.compile(r"^(?:is )?(?:this )?(?:job |role |position )?remote\b", re.IGNORECASE)

# In order: a "part-time contract" is a contract, an "internship (full-time)" an internship.
_EMPLOYMENT_WORDS = (
    (EmploymentType.INTERN, re.compile(r"intern(?:ship)?s?\b|co-?op\b|apprentice|working student", re.IGNORECASE)),
    (EmploymentType.TEMPORARY, re.compile(r"\btemp(?:orary)?\b|seasonal|fixed[- ]term", re.IGNORECASE)),
    (EmploymentType.CONTRACT, re.compile(r"contract|freelance|consultant|contingent", re.IGNORECASE)),
    (EmploymentType.PART_TIME, re.compile(r"part[- ]?time", re.IGNORECASE)),
    (EmploymentType.FULL_TIME, re.compile(r"full[- ]?time|\bfte\b|regular|permanent|salaried", re.IGNORECASE)),
)
_WORKPLACE_WORDS = (
    (WorkplaceType.HYBRID, re.compile(r"hybrid|flex", re.IGNORECASE)),
    (WorkplaceType.REMOTE, re.compile(r"remote|virtual|distributed|anywhere", re.IGNORECASE)),
    (WorkplaceType.ONSITE, re.compile(r"on[- ]?site|office|in[- ]person", re.IGNORECASE)),
)


def metadata_of(job: Fields, public_names: Collection[str] = PUBLIC_NAMES) -> tuple[Metadatum, ...]:
    """The job's custom fields in their order, without those that are not filled in."""
    read = [_metadatum(fields, public_names) for fields in job.objects("metadata")]
    job.done("metadata")
    return tuple(metadatum for metadatum in read if metadatum is not None)


def employment_type_of(job: Fields, metadata: Collection[Metadatum]) -> EmploymentType | None:
    """The employment type that a custom field states; None, with a warning if it is an unknown one, when none does."""
    for metadatum in metadata:
        if _EMPLOYMENT_NAMES.search(metadatum.name) and isinstance(metadatum.value, str):
            named = (kind for kind, words in _EMPLOYMENT_WORDS if words.search(metadatum.value))
            found = next(named, None)
            if found is not None:
                return found
            _unknown(job, metadatum, "employment type")
    return None


def workplace_type_of(job: Fields, metadata: Collection[Metadatum]) -> WorkplaceType | None:
    """The workplace type that a custom field states, be it a choice or a yes to "Remote?"; None when none does."""
    for metadatum in metadata:
        if metadatum.value is True and _TRUE_REMOTE_NAMES.search(metadatum.name):
            return WorkplaceType.REMOTE
        if _WORKPLACE_NAMES.search(metadatum.name) and isinstance(metadatum.value, str):
            named = (kind for kind, words in _WORKPLACE_WORDS if words.search(metadatum.value))
            found = next(named, None)
            if found is not None:
                return found
            _unknown(job, metadatum, "workplace type")
    return None


def _unknown(job: Fields, metadatum: Metadatum, what: str) -> None:
    message = f"{metadatum.name} is {shortened(str(metadatum.value), 80)}, which is no {what} that we know."
    job.warn(WarningCode.UNKNOWN_VALUE, "metadata", message)


def _metadatum(fields: Fields, public_names: Collection[str]) -> Metadatum | None:
    value = fields.peek("value")
    name = fields.line("name")
    if value in (None, "", [], {}) or name is None:
        return None
    value_type = fields.line("value_type") or "unknown"
    return Metadatum(
        external_id=fields.identifier("id"),
        name=name,
        value_type=value_type,
        value=_checked(fields, value_type, value),
        is_public=name.casefold() in public_names,
    )


def _checked(fields: Fields, value_type: str, value: Json) -> Json:
    """The value in its type's form; as it stands, with a warning, when it does not fit or the type is unknown."""
    reader = _READERS.get(value_type)
    if reader is None:
        fields.warn(
            WarningCode.UNKNOWN_VALUE, "value_type", f"Unknown type of custom field: {shortened(value_type, 80)}"
        )
        return value
    read = reader(value)
    if read is None:
        fields.warn(WarningCode.UNREADABLE_VALUE, "value", f"{shortened(str(value), 80)} is not a {value_type}.")
        return value
    return read


def _line(value: Json) -> Json:
    return one_line(str(value)) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None


def _text(value: Json) -> Json:
    return paragraphs(value) if isinstance(value, str) else _line(value)


def _choices(value: Json) -> Json:
    if isinstance(value, str):
        return [one_line(value)]
    if isinstance(value, (list, tuple)) and all(isinstance(item, (str, int, float)) for item in value):
        return [one_line(str(item)) for item in value]
    return None


def _yes_no(value: Json) -> Json:
    if isinstance(value, str):
        return {"yes": True, "true": True, "no": False, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _number(value: Json) -> Json:
    number = decimal_of(value)
    return None if number is None else format(number, "f")


def _currency(value: Json) -> Json:
    if not isinstance(value, dict):
        return None
    amount = _number(value.get("amount"))
    return None if amount is None else {"amount": amount, "unit": _unit(value)}


def _number_range(value: Json) -> Json:
    if not isinstance(value, dict) or not value.keys() & {"min_value", "max_value"}:
        return None
    ends = {name: value.get(name) for name in ("min_value", "max_value")}
    read = {name: _number(end) for name, end in ends.items()}
    unreadable = any(read[name] is None and end not in (None, "") for name, end in ends.items())
    return None if unreadable else read


def _currency_range(value: Json) -> Json:
    ends = _number_range(value)
    return {**ends, "unit": _unit(value)} if isinstance(ends, dict) and isinstance(value, dict) else None


def _unit(value: dict[str, Json]) -> str | None:
    unit = value.get("unit")
    return unit.strip().upper()[:20] or None if isinstance(unit, str) else None


def _day(value: Json) -> Json:
    try:
        day = date.fromisoformat(value.strip()[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
    return day.isoformat() if day and EARLIEST_YEAR <= day.year <= LATEST_YEAR else None


def _url(value: Json) -> Json:
    is_address = isinstance(value, str) and value.strip().lower().startswith(("https://", "http://"))
    return value.strip() if isinstance(value, str) and is_address and len(value) <= URL_LENGTH else None


def _user(value: Json) -> Json:
    return value if isinstance(value, dict) else _line(value)


_READERS: dict[str, Callable[[Json], Json]] = {
    "short_text": _line,
    "long_text": _text,
    "single_select": _line,
    "multi_select": _choices,
    "yes_no": _yes_no,
    "number": _number,
    "number_range": _number_range,
    "currency": _currency,
    "currency_range": _currency_range,
    "date": _day,
    "url": _url,
    "user": _user,
}
