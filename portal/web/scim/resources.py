"""What is served as SCIM, and how members and groups are SCIM's: the models, and the translation both ways.

The models declare what is kept here and no more, so that /Schemas tells the truth. What else a provider sends is
passed over, as its connectors expect.
"""

from typing import Annotated, Any
from zlib import crc32

from pydantic import Field
from scim2_models import (
    URN,
    CaseExact,
    ComplexAttribute,
    InvalidValueException,
    Meta,
    Mutability,
    Reference,
    Required,
    Resource,
    ScimPolicy,
    Uniqueness,
)

from portal.people.actions.provisioning import DirectoryPerson

MOST_RESULTS = 100  # users a page

# What the connectors of Microsoft Entra and Okta rely on: see docs/scim.md.
POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


class Name(ComplexAttribute):
    """The parts of a person's name."""

    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class Email(ComplexAttribute):
    """An e-mail address of a person; one is kept, the primary one."""

    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class UserGroup(ComplexAttribute):
    """A group that a user is in."""

    value: Annotated[str | None, Mutability.read_only] = None
    ref: Annotated[
        Reference["Group"] | None,
        Mutability.read_only,
    ] = Field(None, serialization_alias="$ref", validation_alias="$ref")
    display: Annotated[str | None, Mutability.read_only] = None
    type: Annotated[str | None, Mutability.read_only] = None


class User(Resource[Any]):  # Any: no extension
    """A member of the organization."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None
    groups: Annotated[list[UserGroup] | None, Mutability.read_only] = None


class GroupMember(ComplexAttribute):
    """A user who is in a group. Groups in groups are not kept."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[
        Reference["User"] | None,
        Mutability.immutable,
    ] = Field(None, serialization_alias="$ref", validation_alias="$ref")
    display: Annotated[str | None, Mutability.read_only] = None
    type: Annotated[str | None, Mutability.immutable] = None


class Group(Resource[Any]):  # Any: no extension
    """A group of members; what it gives them is the organization's decision."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    members: list[GroupMember] | None = None


# What the read door is asked of a member. In SCIM a person is active or not: whoever is only invited is not.
MEMBER_FIELDS = (
    "id name email userName givenName familyName directoryId leftDirectoryAt status createdAt updatedAt version "
    "directoryGroups { directoryGroup { id name } }"
)


def user_of(member: dict[str, Any], base: str) -> User:  # Any: JSON
    """A member as the read door answers it, as a SCIM user with its address below `base`."""
    return User(
        id=member["id"],
        external_id=member["directoryId"],
        user_name=member["userName"] or member["email"],
        name=Name(formatted=member["name"], given_name=member["givenName"], family_name=member["familyName"]),
        display_name=member["name"],
        active=member["status"] == "ACTIVE",
        emails=[Email(value=member["email"], type="work", primary=True)],
        groups=[
            UserGroup(
                value=group["id"], ref=Reference(f"{base}/Groups/{group['id']}"), display=group["name"], type="direct"
            )
            for group in _groups_of(member)
        ]
        or None,
        meta=Meta(
            resource_type="User",
            created=member["createdAt"],
            last_modified=member["updatedAt"],
            location=f"{base}/Users/{member['id']}",
            version=etag_of(member),
        ),
    )


def group_of(group: dict[str, Any], base: str) -> Group:  # Any: JSON
    """A group as the read door answers it, as a SCIM group; without members where they were not read."""
    nodes = group["members"]["nodes"] if "members" in group else ()
    members = [node["membership"] for node in nodes]
    return Group(
        id=group["id"],
        external_id=group["directoryId"],
        display_name=group["name"],
        members=[
            GroupMember(
                value=member["id"], ref=Reference(f"{base}/Users/{member['id']}"), display=member["name"], type="User"
            )
            for member in members
        ]
        or None,
        meta=Meta(
            resource_type="Group",
            created=group["createdAt"],
            last_modified=group["updatedAt"],
            location=f"{base}/Groups/{group['id']}",
            version=etag_of(group),
        ),
    )


def etag_of(row: dict[str, Any]) -> str:  # Any: JSON
    """The entity tag of a member or group: its version, and for a member the groups that they are in.

    A change is meant for a version (If-Match); only what is shown also depends on the groups (If-None-Match).
    """
    groups = ",".join(f"{group['id']} {group['name']}" for group in _groups_of(row))
    return f'W/"{row["version"]}.{crc32(groups.encode()):08x}"' if groups else f'W/"{row["version"]}"'


def _groups_of(member: dict[str, Any]) -> list[dict[str, Any]]:
    return [row["directoryGroup"] for row in member.get("directoryGroups", ())]


def person_of(user: User, before: User | None = None) -> DirectoryPerson:
    """What a provider says of a person; `before` is who they were, where it changes somebody.

    Raises InvalidValueException where there is no user name.
    """
    if not user.user_name:
        raise InvalidValueException(detail="userName must not be empty.")
    name = user.name or Name()
    return DirectoryPerson(
        user_name=user.user_name,
        name=_shown_name(user, before),
        email=_address(user) or user.user_name,
        given_name=name.given_name,
        family_name=name.family_name,
        directory_id=user.external_id,
        is_active=_is_active(user, before),
    )


def _is_active(user: User, before: User | None) -> bool:
    """Whoever is new is active unless the provider says no. Later, not said is not said: nobody comes back by that."""
    if user.active is None:
        return before is None or before.active is not False
    return user.active


def _shown_name(user: User, before: User | None) -> str:
    """The one name that a member has: displayName, else name.formatted, else its parts, else the user name.

    Where somebody is changed, what the provider has just changed counts before what it left as it was; the parts only
    where the name was made of them.
    """
    candidates = _names(user)
    if before is not None:
        earlier = _names(before)
        shown, _, joined = earlier
        changed = [new for new, old in zip(candidates, earlier, strict=True) if new and new != old]
        if shown != joined:
            changed = [name for name in changed if name != candidates[2]]
        candidates = [*changed, shown]
    return next((name for name in candidates if name and name.strip()), user.user_name or "")


def _names(user: User) -> list[str | None]:
    name = user.name or Name()
    parts = [part for part in (name.given_name, name.family_name) if part]
    return [user.display_name, name.formatted, " ".join(parts) or None]


def _address(user: User) -> str | None:
    """The address that counts: the primary one, else that for work, else the first."""
    emails = [email for email in user.emails or [] if email.value]
    ranked = sorted(emails, key=lambda email: (not email.primary, email.type != "work"))
    return ranked[0].value if ranked else None
