"""SCIM filters as filters of our lists: eq on what connectors look people and groups up by, joined by `and`."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from scim2_models import InvalidFilterException, ScimFilter
from scim2_models.path import AttrPath, CompareOperator, Comparison, FilterNode, LogicalExpr, LogicalOperator, ValuePath

from portal.web.scim.groups import WantedGroups
from portal.web.scim.resources import Group, User

LONGEST = 1_000  # characters; connectors send some dozens
MOST_TERMS = 10

Conditions: TypeAlias = list[dict[str, Any]]  # Any: the variables of a GraphQL operation

# Of the organization's members those whom its identity provider has not deleted.
PRESENT: dict[str, Any] = {"leftDirectoryAt": {"isNull": True}}
_NOBODY: dict[str, Any] = {"status": {"in": []}}


def members_where(filter: str | None) -> dict[str, Any]:  # Any: as in Conditions
    """The filter of the list of members that means the same. Raises InvalidFilterException for any other filter."""
    if not filter:
        return PRESENT
    _check_length(filter)
    terms = _terms(ScimFilter[User](filter).ast)
    return {"and": [PRESENT, *(condition for term in terms for condition in _conditions(term))]}


def groups_wanted(filter: str | None) -> WantedGroups:
    """Which groups a filter means. Raises InvalidFilterException for one that asks for anything else."""
    if not filter:
        return WantedGroups(PRESENT)
    _check_length(filter)
    conditions: Conditions = [PRESENT]
    ids: frozenset[str] | None = None
    members: frozenset[str] = frozenset()
    for term in _terms(ScimFilter[Group](filter).ast):
        name, value = _equality(term)
        match name:
            case "displayname":
                conditions.append({"name": {"eq": value.lower()}})
            case "externalid":
                conditions.append({"directoryId": {"eq": value}})
            case "id":
                ids = frozenset({value}) if ids is None else ids & {value}
            case "members" | "members.value":
                members |= {value}
            case _:
                raise _unsupported_of_groups()
    return WantedGroups({"and": conditions}, ids, members)


def _equality(node: FilterNode) -> tuple[str, str]:
    """What is compared with eq, and with what; a filter of members by their value is one of the group by it."""
    match node:
        case Comparison(attr_path=path, op=CompareOperator.eq, value=str(value)):
            return _name(path), value
        case ValuePath(attr_path=path, val_filter=Comparison() as inner, sub_attr=None):
            name, value = _equality(inner)
            return f"{_name(path)}.{name}", value
        case _:
            raise _unsupported_of_groups()


def _check_length(filter: str) -> None:
    if len(filter) > LONGEST:
        raise InvalidFilterException(detail=f"A filter has at most {LONGEST} characters.")


def _terms(node: FilterNode) -> Sequence[FilterNode]:
    """What is joined by `and`."""
    terms: list[FilterNode] = [node]
    if isinstance(node, LogicalExpr) and node.op is LogicalOperator.and_:
        terms = [each for term in node.terms for each in _terms(term)]
    if len(terms) > MOST_TERMS:
        raise InvalidFilterException(detail=f"A filter has at most {MOST_TERMS} terms.")
    return terms


def _conditions(node: FilterNode) -> Conditions:
    match node:
        case Comparison(attr_path=path, op=CompareOperator.eq, value=value):
            return [_equal(_name(path), value)]
        case ValuePath(attr_path=path, val_filter=inner, sub_attr=None) if _name(path) == "emails":
            return [condition for term in _terms(inner) for condition in _of_address(term)]
        case _:
            raise _unsupported()


def _of_address(node: FilterNode) -> Conditions:
    """What is asked of the one address that a member has, which is primary and for work."""
    if not isinstance(node, Comparison) or node.op is not CompareOperator.eq:
        raise _unsupported()
    match _name(node.attr_path):
        case "value":
            return [_equal("emails", node.value)]
        case "type":
            return [] if str(node.value).lower() == "work" else [_NOBODY]
        case "primary":
            return [] if str(node.value).lower() == "true" else [_NOBODY]
        case _:
            raise _unsupported()


def _name(path: AttrPath) -> str:
    return path.attr.lower() if path.sub_attr is None else f"{path.attr}.{path.sub_attr}".lower()


def _equal(name: str, value: object) -> dict[str, Any]:
    text = str(value)
    match name:
        case "username":
            # Whom the provider does not know yet has their e-mail address for a user name.
            by_address = {"and": [{"userName": {"isNull": True}}, {"email": {"eq": text.lower()}}]}
            return {"or": [{"userName": {"eq": text.lower()}}, by_address]}
        case "externalid":
            return {"directoryId": {"eq": text}}
        case "emails" | "emails.value":
            return {"email": {"eq": text.lower()}}
        case "active" if text.lower() in ("true", "false"):
            return {"status": {"eq": "ACTIVE"} if text.lower() == "true" else {"notIn": ["ACTIVE"]}}
        case _:
            raise _unsupported()


def _unsupported() -> InvalidFilterException:
    return InvalidFilterException(
        detail="Filter by userName, externalId, emails, emails.value or active with eq, joined by and, such as "
        'userName eq "ada@example.com".'
    )


def _unsupported_of_groups() -> InvalidFilterException:
    return InvalidFilterException(
        detail="Filter groups by displayName, externalId, id or members with eq, joined by and, such as "
        'displayName eq "Recruiting".'
    )
