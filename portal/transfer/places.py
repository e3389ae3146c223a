"""Where a job is, from the free text of boards: "San Francisco, CA; New York, NY", "Remote - US", "Remote, Canada".

What is not recognised stays text: a place always has its name, and city, region and country only when they are certain.
"""

import re
from dataclasses import dataclass, replace

from portal.bounds import NAME_LENGTH
from portal.codes import COUNTRIES
from portal.organizations.enums import WorkplaceType
from portal.transfer.country_names import (
    COUNTRY_BY_NAME,
    PROVINCE_BY_NAME,
    PROVINCES,
    US_STATE_BY_NAME,
    US_STATES,
)
from portal.transfer.fields import one_line, shortened

# A posting names a handful of places; more are one text.
MAX_PLACES = 20

_REMOTE = re.compile(
    r"\b(?:fully |100% )?(?:remote(?:ly)?|telecommute|work from home|wfh|home[- ]based|anywhere|distributed)\b",
    re.IGNORECASE,
)
_HYBRID = re.compile(r"\bhybrid\b", re.IGNORECASE)
_ONSITE = re.compile(r"\b(?:on[- ]?site|in[- ]office|in[- ]person)\b", re.IGNORECASE)
_BETWEEN_PLACES = re.compile(r"\s*(?:;|\||\n|•|\s/\s|\sor\s)\s*")
_BETWEEN_REGIONS = re.compile(r"\s*(?:,|/|&|\band\b)\s*", re.IGNORECASE)
_EDGES = " \t-\u2013\u2014:,.()[]/&"  # with both dashes
_FILLERS = re.compile(
    r"^(?:in|within|from|across|throughout|only|the|based in)\s+|\s+(?:only|based|friendly|eligible)$", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place of work. `country` is an ISO 3166-1 code, `remote_regions` are codes such as US or US-CA, or text."""

    name: str
    workplace_type: WorkplaceType = WorkplaceType.ONSITE
    remote_regions: tuple[str, ...] = ()
    city: str | None = None
    region: str | None = None
    country: str | None = None

    def worked(self, workplace_type: WorkplaceType) -> "Place":
        """The same place when the source says elsewhere how work is done; a remote country is a remote region."""
        if workplace_type is not WorkplaceType.REMOTE or self.workplace_type is WorkplaceType.REMOTE:
            return replace(self, workplace_type=workplace_type)
        return replace(self, workplace_type=workplace_type, remote_regions=regions_of(self.name))


def places_of(text: str | None) -> tuple[Place, ...]:
    """The places that a job's location names, each once, in its order; none for an empty text."""
    parts = [one_line(part).strip(",-") for part in _BETWEEN_PLACES.split(text or "")]
    named = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if len(named) > MAX_PLACES:
        named = [one_line(text or "")]
    return tuple(place_of(name) for name in named)


def place_of(text: str) -> Place:
    """One place, from a text that names only one."""
    name = shortened(text, NAME_LENGTH)
    if _REMOTE.search(text) and not _HYBRID.search(text):
        return Place(name=name, workplace_type=WorkplaceType.REMOTE, remote_regions=regions_of(_REMOTE.sub(" ", text)))
    kind = WorkplaceType.HYBRID if _HYBRID.search(text) else WorkplaceType.ONSITE
    where = _bare(_ONSITE.sub(" ", _HYBRID.sub(" ", _REMOTE.sub(" ", text))))
    return _address(Place(name=name, workplace_type=kind), [part.strip() for part in where.split(",") if part.strip()])


def regions_of(text: str) -> tuple[str, ...]:
    """The regions that a remote job's location names: codes where they are known, else the text as it stands."""
    parts = [_bare(part) for part in _BETWEEN_REGIONS.split(_bare(text))]
    named = [part for part in parts if any(character.isalnum() for character in part)]
    coded = [region_code(part, is_alone=len(named) == 1) for part in named]
    known = [code for code in coded if code is not None]
    # "Remote - Portland, OR, USA": the town before a known region adds nothing to it, nor does the country after it.
    regions = [code for at, code in enumerate(known) if at == 0 or not known[at - 1].startswith(f"{code}-")]
    return tuple(dict.fromkeys(shortened(region, NAME_LENGTH) for region in regions or named))


def region_code(text: str, *, is_alone: bool = True) -> str | None:
    """The ISO code of a country (US), US state (US-CA) or Canadian province (CA-ON), by name or code; else None.

    Beside a town, two letters are a state before they are a country; alone they are a country, but CA is California,
    because boards write Canada in full.
    """
    name = text.strip().lower()
    code = text.strip().upper() if len(name) == 2 else ""
    if code in US_STATES and (not is_alone or code == "CA" or code not in COUNTRIES):
        return f"US-{code}"
    if code in PROVINCES and (not is_alone or code not in COUNTRIES):
        return f"CA-{code}"
    if code in COUNTRIES:
        return code
    return _code_by_name(name)


def country_code(text: str | None) -> str | None:
    """The ISO code of a country, from its code or name; UK, USA and the like included."""
    name = (text or "").strip()
    code = COUNTRY_BY_NAME.get(name.lower())
    return code or (name.upper() if name.upper() in COUNTRIES else None)


def _code_by_name(name: str) -> str | None:
    if name in COUNTRY_BY_NAME:
        return COUNTRY_BY_NAME[name]
    if name in US_STATE_BY_NAME:
        return f"US-{US_STATE_BY_NAME[name]}"
    return f"CA-{PROVINCE_BY_NAME[name]}" if name in PROVINCE_BY_NAME else None


def _address(place: Place, parts: list[str]) -> Place:
    """City, region and country from "City, Region, Country", "City, Region", "City, Country" or "Country"."""
    match parts:
        case [only]:
            code = _code_by_name(only.lower()) or (only if only == "US" else None)
            return replace(place, country=code.partition("-")[0] if code else None)
        case [city, last]:
            code = region_code(last, is_alone=False)
            if code is None:
                return place
            country, _, region = code.partition("-")
            return replace(place, city=city, region=last if region else None, country=country)
        case [city, region, last]:
            country_named = country_code(last)
            if country_named is None:
                return place
            return replace(place, city=city, region=region, country=country_named)
        case _:
            return place


def _bare(text: str) -> str:
    """Without the punctuation and small words that are left when "remote" is taken out."""
    return _FILLERS.sub("", one_line(text).strip(_EDGES)).strip(_EDGES)
