"""What a PATCH asks of a group, as changes that are made on whatever the group is by then.

So no operation is lost when a provider sends several at once, and nobody reads thousands of members to add one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from scim2_models import InvalidPathException, InvalidValueException, PatchOp, PatchOperation
from scim2_models.path import AttrPath, CompareOperator, Comparison, FilterNode, LogicalExpr, LogicalOperator, ValuePath

from portal.database.ids import parse_public_id
from portal.people.groups.rules import MemberChanges
from portal.people.reads import MEMBERSHIP
from portal.unchanged import UNCHANGED, Unchanged
from portal.web.scim.resources import Group
from schema.mutating import NO_ID

Op = PatchOperation.Op


@dataclass(frozen=True, slots=True)
class GroupChanges:
    """What is to be different of a group, and of who is in it."""

    name: str | Unchanged = UNCHANGED
    directory_id: str | Unchanged | None = UNCHANGED
    members: MemberChanges = field(default_factory=MemberChanges)

    @property
    def size(self) -> int:
        """How many members it names."""
        return len(self.members.only or ()) + len(self.members.add) + len(self.members.remove)


def changes_of(patch: PatchOp[Group]) -> GroupChanges:
    """What the operations of a PATCH ask for together, one after the other.

    What is not kept here is passed over. Raises InvalidValueException, InvalidPathException.
    """
    changes = GroupChanges()
    for operation in patch.operations or ():
        for name, value in _attributes(operation):
            changes = _then(changes, operation.op, name, value)
    return changes


def whole(group: Group) -> GroupChanges:
    """What a PUT asks for. Who is in the group stays where it does not say it: nobody loses rights by an omission."""
    members = MemberChanges() if group.members is None else MemberChanges(only=member_ids(group))
    return GroupChanges(name_of(group), group.external_id, members)


def name_of(group: Group) -> str:
    """Raises InvalidValueException where there is none."""
    return _name(group.display_name)


def member_ids(group: Group) -> frozenset[UUID]:
    return frozenset(_id(member.value) for member in group.members or ())


# Any: JSON, as the client sent it.
def _attributes(operation: PatchOperation[Group]) -> Iterable[tuple[str, Any]]:
    """The attributes that an operation is about, in small letters, each with its value."""
    node = operation.path.ast if operation.path else None
    match node:
        case None:
            if not isinstance(operation.value, Mapping):
                raise InvalidValueException(detail="Without a path, the value is an object of attributes.")
            # Connectors write the schema's name before an attribute's.
            return [(str(key).rpartition(":")[2].lower(), value) for key, value in operation.value.items()]
        case AttrPath(attr=attribute, sub_attr=None):
            return [(attribute.lower(), operation.value)]
        case ValuePath(attr_path=AttrPath(attr=attribute), val_filter=selected, sub_attr=None) if (
            attribute.lower() == "members" and operation.op is Op.remove
        ):
            return [("members", [{"value": id} for id in _selected(selected)])]  # noqa: A001 - an id of SCIM
        case _:
            raise InvalidPathException(
                detail='Members are added and replaced by the path members, removed by it or by members[value eq "…"].'
            )


def _then(changes: GroupChanges, op: Op, name: str, value: Any) -> GroupChanges:
    match name:
        case "displayname":
            return replace(changes, name=_name(None if op is Op.remove else value))
        case "externalid":
            return replace(changes, directory_id=None if op is Op.remove or value is None else str(value))
        case "members":
            return replace(changes, members=_then_members(changes.members, op, value))
        case _:
            return changes


def _then_members(members: MemberChanges, op: Op, value: Any) -> MemberChanges:
    ids = _ids(value)
    match op:
        case Op.add:
            return members.then_add(ids)
        case Op.remove if value is not None:
            return members.then_remove(ids)
        case _:
            return MemberChanges(only=ids)


def _ids(value: Any) -> frozenset[UUID]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return frozenset(_id(each.get("value") if isinstance(each, Mapping) else each) for each in listed)


def _id(value: object) -> UUID:
    """A user's id; one that nobody has for anything else, such as a group within a group."""
    if not isinstance(value, str):
        raise InvalidValueException(detail='A member is named by the id of a user: {"value": "mem_…"}.')
    return parse_public_id(MEMBERSHIP.prefix, value) or NO_ID


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidValueException(detail="displayName must not be empty.")
    return value


def _selected(node: FilterNode) -> Iterable[str]:
    """The ids that a filter of members names."""
    match node:
        case Comparison(attr_path=AttrPath(attr=attribute, sub_attr=None), op=CompareOperator.eq, value=str(value)) if (
            attribute.lower() == "value"
        ):
            return [value]
        case LogicalExpr(op=LogicalOperator.or_, terms=terms):
            return [each for term in terms for each in _selected(term)]
        case _:
            raise InvalidPathException(
                detail='Members are selected by value with eq, joined by or: members[value eq "…"].'
            )
