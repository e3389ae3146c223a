"""One token per role of the demo, kept in a file that only its owner reads."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select

from portal.access.actions import WriteDoor, action
from portal.access.actor import Actor
from portal.access.enums import DocumentMode
from portal.access.permissions import Permission
from portal.access.work import Call, Work
from portal.candidates.own_records import own_records
from portal.database.connection import Database
from portal.demo import cast
from portal.demo.loading import Demo
from portal.people.actions.tokens import TokenTerms, issue_token
from portal.people.credentials import BadCredential, Credentials
from portal.people.models import Membership, ServiceAccount

FILE_NAME = "demo-tokens.json"

# Half a year: a demo that is forgotten does not stay open for good.
_LIFE = timedelta(days=180)

_MEMBER = select(Membership.id).where(
    Membership.organization_id == bindparam("organization_id", type_=Uuid()),
    Membership.email_normalised == bindparam("email", type_=Text()),
)
_SERVICE = select(ServiceAccount.id).where(
    ServiceAccount.organization_id == bindparam("organization_id", type_=Uuid()),
    ServiceAccount.name == bindparam("name", type_=Text()),
)


@dataclass(frozen=True, slots=True)
class DemoToken:
    """A token and whose it is; a service account has no e-mail address."""

    token: str
    email: str | None


async def demo_tokens(database: Database, demo: Demo, file: Path, now: datetime) -> Mapping[str, DemoToken]:
    """A token that works for each role, by role: those of the file, and new ones in place of any that does not."""
    tokens = await _working(database, _read(file), now)
    missing = [key for key in cast.TOKEN_KEYS if key not in tokens]
    for key in missing:
        tokens[key] = await _issue(database, demo, key, now)
    ordered = {key: tokens[key] for key in cast.TOKEN_KEYS}
    if missing:
        _write(file, ordered)
    return ordered


async def _working(database: Database, tokens: Mapping[str, DemoToken], now: datetime) -> dict[str, DemoToken]:
    """Those of the tokens that sign somebody in."""
    credentials = Credentials(database, own_records)
    working = {}
    for key, token in tokens.items():
        with suppress(BadCredential):
            await credentials.authenticate(token.token, now)
            working[key] = token
    await credentials.close()
    return working


@action(Permission.TOKEN_MANAGE)
async def issue_demo_token(work: Work, *, key: str, expires_at: datetime) -> str:
    """A token for one role of the demo. Raises NotFound when somebody has removed who plays it."""
    if key == cast.SERVICE_KEY:
        holder: dict[str, UUID] = {"service_account_id": await work.value(_SERVICE, name=cast.SERVICE_NAME)}
    else:
        holder = {"membership_id": await work.value(_MEMBER, email=_email(key))}
    scopes = tuple(cast.SERVICE_SCOPES) if key == cast.SERVICE_KEY else None
    terms = TokenTerms(
        name="Demo", expires_at=expires_at, scopes=scopes, allowed_networks=None, documents=DocumentMode.ALLOW, **holder
    )
    made = await issue_token.within(work, terms=terms)
    if made.text is None:
        raise RuntimeError("A new token has no text.")
    return made.text


async def _issue(database: Database, demo: Demo, key: str, now: datetime) -> DemoToken:
    organization_id = demo.other_organization_id if key == cast.OTHER_KEY else demo.organization_id
    call = Call(Actor.system(organization_id), now, "demo")
    text = await WriteDoor(database).perform(call, issue_demo_token, key=key, expires_at=now + _LIFE)
    return DemoToken(text, _email(key))


def _email(key: str) -> str | None:
    return next((part.email for part in (*cast.PARTS, cast.OTHER) if part.key == key), None)


def _read(file: Path) -> dict[str, DemoToken]:
    """The tokens of the file; none when there is no such file, or something else is in it."""
    try:
        stored: Any = json.loads(file.read_text())  # Any: whatever somebody has put into the file
        return {
            key: DemoToken(str(stored[key]["token"]), stored[key]["email"]) for key in cast.TOKEN_KEYS if key in stored
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write(file: Path, tokens: Mapping[str, DemoToken]) -> None:
    """Replace the file as a whole; it is never readable by others, not even while it is written."""
    content = {key: {"token": token.token, "email": token.email} for key, token in tokens.items()}
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Temporary files are made with mode 0600.
    with NamedTemporaryFile("w", dir=file.parent, prefix=file.name, delete=False) as draft:
        json.dump(content, draft, indent=2)
        draft.write("\n")
    Path(draft.name).replace(file)
