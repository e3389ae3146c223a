"""What every table has in common: naming of constraints, column types, and the columns of a tenant's row.

Models are typed descriptions of tables: the doors select, insert and update them as statements. No ORM session exists,
so nothing is loaded lazily and nothing is written by assigning to an attribute.
"""

import enum
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    MetaData,
    TableClause,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    column,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from sqlalchemy.sql.selectable import NamedFromClause

from portal.database.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Enumerated(TypeDecorator[enum.StrEnum]):
    """A text column whose values are those of one enum; the doors turn them into its members when they load a row."""

    impl = Text
    cache_ok = True

    def __init__(self, values: type[enum.StrEnum]) -> None:
        super().__init__()
        self.values = values


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The root of all tables; constructors take keywords only and are type-checked."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        date: Date(),
        list[str]: ARRAY(Text()),
        dict[str, Any]: JSONB(),
    }


class TenantRow(Base):
    """A row that belongs to one organization.

    `organization_id` is the first column of every key, unique constraint, foreign key and index, so that no row can
    refer to another tenant's and the tables can be hash-partitioned. The write door fills organization_id, created_at,
    updated_at and version; nobody passes them.
    """

    __abstract__ = True

    organization_id: Mapped[UUID] = mapped_column(primary_key=True, init=False, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id, sort_order=-1)
    created_at: Mapped[datetime] = mapped_column(init=False, sort_order=1000)
    updated_at: Mapped[datetime] = mapped_column(init=False, sort_order=1001)
    version: Mapped[int] = mapped_column(init=False, sort_order=1002)


ModelT = TypeVar("ModelT", bound=TenantRow)


def aliased(model: type[TenantRow], name: str) -> NamedFromClause:
    """A model's table under another name, for a statement under construction."""
    return _bare(model).alias(name)


@cache
def _bare(model: type[TenantRow]) -> TableClause:
    """A model's table as a statement needs it: names and types. Each alias would copy the constraints as well, which
    takes half of the time in which a plan is made.
    """
    return table(model.__tablename__, *(column(each.name, each.type) for each in model.__table__.c))


def reference(table: str, column: str) -> ForeignKeyConstraint:
    """A foreign key to another row of the same organization: (organization_id, column) → table(organization_id, id)."""
    return ForeignKeyConstraint(["organization_id", column], [f"{table}.organization_id", f"{table}.id"])


def closed_set(column: str, values: type[enum.StrEnum]) -> CheckConstraint:
    """A text column that holds one of an enum's values, as CHECK: enum operators are not leakproof."""
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def bounded(column: str, longest: int) -> CheckConstraint:
    """A text column of at most `longest` characters; every text has a length."""
    return CheckConstraint(f"char_length({column}) <= {longest}", name=f"{column}_length")


def bounded_list(column: str, most: int, longest: int) -> CheckConstraint:
    """A list of at most `most` texts, none of them null, of at most `longest` characters together."""
    return CheckConstraint(
        f"cardinality({column}) <= {most} AND array_position({column}, NULL) IS NULL"
        f" AND char_length(array_to_string({column}, '')) <= {longest}",
        name=f"{column}_length",
    )


def bounded_json(column: str, longest: int) -> CheckConstraint:
    """A JSON document of at most `longest` bytes as text."""
    return CheckConstraint(f"octet_length({column}::text) <= {longest}", name=f"{column}_length")


def indexed(*columns: str, name: str | None = None) -> Index:
    """An index within one organization, for a foreign key or a page's order.

    Named by the convention; where that is longer than the 63 bytes of a Postgres name, `name` is a shorter one.
    """
    return Index(name, "organization_id", *columns)


def unique(*columns: str, name: str | None = None) -> UniqueConstraint:
    """Values that only one row of an organization may have; `name` as in `indexed`."""
    return UniqueConstraint("organization_id", *columns, name=name)
