"""What can be read of the audit log and the feed of events, and by whom.

Records name what they are about by type and id. Areas above add what this one does not know: where a right reaches the
opening that a record is about (see Entity.extend), and how each type's public ids begin (`name_subjects`).
"""

from collections.abc import Iterable, Mapping
from functools import partial

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, all_, and_, case, cast, func, literal_column, true

from portal.access.enums import ActorKind
from portal.access.permissions import Permission
from portal.database.ids import parse_public_id
from portal.reading import filters
from portal.reading.arguments import id_prefix
from portal.reading.entity import AnyEntity, Attribute, Computed, Connection, Entity, Order, columns, organization_wide
from portal.reading.filters import Filter
from portal.reading.roots import Root
from portal.reading.rows import Predicate, Row, Viewer, constant
from portal.records.models import AuditEvent, DomainEvent
