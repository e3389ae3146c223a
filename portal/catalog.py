"""Everything that can be read, of all areas together: what the read door is opened with."""

from collections.abc import Callable

from sqlalchemy import ARRAY, ColumnElement, Text

from portal.applications import reads as applications
from portal.applications import streams as application_streams
from portal.candidates import reads as candidates
from portal.openings import reads as openings
from portal.openings import streams as opening_streams
from portal.organizations import reads as organizations
from portal.people import reads as people
from portal.people.groups import reads as directory_groups
from portal.reading.roots import ByFact, Catalog, Facts, Node, Nodes
from portal.reading.rows import Viewer
from portal.records import reads as records
from portal.records.streams import Stream
from portal.sign_in import reads as sign_in
from portal.trusted_documents import reads as trusted_documents

_AREAS = (
    organizations,
    people,
    directory_groups,
    sign_in,
    trusted_documents,
    openings,
    candidates,
    applications,
    records,
)


def _fact(name: str) -> Callable[[Viewer], ColumnElement[object]]:
    return lambda viewer: viewer.fact(name, ARRAY(Text()))


# Who is asking: answered from the actor and the rows that it stands for.
VIEWER = Facts(
    "Viewer",
    {
        "id": lambda viewer: viewer.fact("public_id", Text()),
        "membership": ByFact(people.MEMBERSHIP, "id"),
        "service_account": ByFact(people.SERVICE_ACCOUNT, "id"),
        "organization": ByFact(organizations.ORGANIZATION, "organization_id"),
        "sessions": people.OWN_SESSIONS,
        "roles": _fact("roles"),
        "permissions": _fact("permissions"),
    },
)

CATALOG = Catalog(
    entities=tuple(entity for area in _AREAS for entity in area.ENTITIES),
    roots={
        "viewer": VIEWER,
        "node": Node(),
        "nodes": Nodes(),
        **{name: root for area in _AREAS for name, root in area.ROOTS.items()},
    },
)

# An audit entry names what it is about by type and id; only here all types are known.
records.name_subjects(CATALOG.entities)

# What can be subscribed to, by the name of the field of Subscription.
STREAMS: dict[str, Stream] = {
    stream.name: stream for stream in (*opening_streams.STREAMS, *application_streams.STREAMS)
}

# What subscriptions are answered with: read as entities are, but without ids of their own.
PAYLOADS = tuple({entity.name: entity for stream in STREAMS.values() for entity in stream.payloads.values()}.values())
