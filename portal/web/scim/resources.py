"""What is served as SCIM, and how a member is a SCIM user: the models, and the translation both ways.

The models declare what is kept here and no more, so that /Schemas tells the truth. What else a provider sends is
passed over, as its connectors expect.
"""

from typing import Annotated, Any

from scim2_models import (
    URN,
    ComplexAttribute,
    InvalidValueException,
    Meta,
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


class User(Resource[Any]):  # Any: no extension
    """A member of the organization."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None


# What the read door is asked of a member. In SCIM a person is active or not: whoever is only invited is not.
MEMBER_FIELDS = (
    "id name email userName givenName familyName directoryId leftDirectoryAt status createdAt updatedAt version"
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
        meta=Meta(
            resource_type="User",
            created=member["createdAt"],
            last_modified=member["updatedAt"],
            location=f"{base}/Users/{member['id']}",
            version=etag_of(member),
        ),
    )


def etag_of(member: dict[str, Any]) -> str:  # Any: JSON
    """The entity tag of a member: its version."""
    return f'W/"{member["version"]}"'


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
