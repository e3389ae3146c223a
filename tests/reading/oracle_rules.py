"""What computed fields and lists of the declarations mean, in Python: by Entity.field."""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal.access.permissions import Permission
from portal.organizations.policies import DEFAULTS, Policies

if TYPE_CHECKING:
    from tests.reading.reference import Ref, Reference

Meaning = Callable[["Reference", "Ref"], Any]


def plain(value: Any) -> Any:
    """A column's value as it stands in the answer's JSON."""
    if hasattr(value, "isoformat"):
        text = value.isoformat()
        # Postgres writes the fraction of a second without its trailing zeros.
        head, dot, tail = text.partition(".")
        if dot:
            digits, offset = tail[:6].rstrip("0"), tail[6:]
            return f"{head}.{digits}{offset}" if digits else f"{head}{offset}"
        return text
    return value


def can(permission: Permission) -> Meaning:
    return lambda reference, ref: reference.holds(ref, permission)


def progress(reference: "Reference", ref: "Ref") -> str:
    return {"ACTIVE": "IN_PROCESS", "HIRED": "HIRED"}.get(ref.row["status"], "CLOSED")


def an_id(prefix: str, column: str) -> Meaning:
    """The public id in a column that holds the id of one type."""
    return lambda _, ref: None if ref.row[column] is None else f"{prefix}_{ref.row[column].hex}"


def subject(type_column: str, id_column: str) -> Meaning:
    """The public id of what a record is about."""
    prefixes = {"Opening": "opn", "Department": "dep"}
    return lambda _, ref: f"{prefixes[ref.row[type_column]]}_{ref.row[id_column].hex}"


def the_default(policy: str) -> Meaning:
    """A policy of an organization that never chose."""
    return lambda _, __: getattr(DEFAULTS, policy)


def idle_end(row: Any) -> Any:
    """When a session ends that nobody uses."""
    return plain(min(row["expires_at"], row["last_used_at"] + timedelta(hours=12)))


def nobody(reference: "Reference", ref: "Ref") -> None:
    """In this scenery the system itself did everything."""


OPENING_CAN = {
    "edit": Permission.OPENING_EDIT,
    "manage_seats": Permission.SEAT_MANAGE,
    "manage_pipeline": Permission.PIPELINE_MANAGE,
    "publish": Permission.POSTING_PUBLISH,
    "see_pay": Permission.COMPENSATION_READ,
    "edit_pay": Permission.COMPENSATION_EDIT,
    "submit_application": Permission.APPLICATION_CREATE,
    "read_applications": Permission.APPLICATION_READ,
}
APPLICATION_CAN = {
    "read": Permission.APPLICATION_READ,
    "move": Permission.APPLICATION_MOVE,
    "reject": Permission.APPLICATION_REJECT,
    "hire": Permission.APPLICATION_HIRE,
    "assign_interviewer": Permission.APPLICATION_ASSIGN,
    "propose_team_match": Permission.TEAM_MATCH_PROPOSE,
}
CANDIDATE_CAN = {
    "read": Permission.CANDIDATE_READ,
    "see_contact": Permission.CANDIDATE_CONTACT,
    "edit": Permission.CANDIDATE_EDIT,
}

COMPUTED: dict[str, Meaning] = {
    "Application.progress": progress,
    "StageTransition.batch_id": an_id("bat", "batch_id"),
    **{f"Organization.policies.{policy.name}": the_default(policy.name) for policy in fields(Policies)},
    "Membership.user.id": lambda _, ref: f"mem_{ref.row['id'].hex}",
    "ApiToken.scopes": lambda _, ref: ref.row["scopes"],
    "Session.expires_at": lambda _, ref: idle_end(ref.row),
    "Session.is_current": lambda reference, ref: ref.row["id"] == reference.actor.session_id,
    "AuditEvent.actor_id": nobody,
    "DomainEvent.actor_id": nobody,
    "AuditEvent.on_behalf_of_id": an_id("mem", "on_behalf_of_id"),
    "DomainEvent.on_behalf_of_id": an_id("mem", "on_behalf_of_id"),
    "AuditEvent.entity_id": subject("entity_type", "entity_id"),
    "DomainEvent.subject_id": subject("subject_type", "subject_id"),
    "AuditEvent.opening_id": an_id("opn", "opening_id"),
    "DomainEvent.opening_id": an_id("opn", "opening_id"),
    "DomainEvent.batch_id": an_id("bat", "batch_id"),
    **{f"Opening.viewer_can.{name}": can(permission) for name, permission in OPENING_CAN.items()},
    **{f"Application.viewer_can.{name}": can(permission) for name, permission in APPLICATION_CAN.items()},
    **{f"Candidate.viewer_can.{name}": can(permission) for name, permission in CANDIDATE_CAN.items()},
    "CompensationBand.minimum.amount_minor": lambda _, ref: ref.row["minimum_minor"],
    "CompensationBand.maximum.amount_minor": lambda _, ref: ref.row["maximum_minor"],
}


def is_active(row: Any) -> bool:
    return bool(row["status"] == "ACTIVE")


def is_open(row: Any) -> bool:
    return row["revoked_at"] is None


# The rule of a list or a count beyond the foreign key.
WHERE: dict[str, Callable[[Any], bool]] = {
    "Membership.sessions": is_open,
    "Viewer.sessions": is_open,
    "Opening.stages": lambda row: row["archived_at"] is None,
    "Opening.archived_stages": lambda row: row["archived_at"] is not None,
    "Opening.hiring_managers": lambda row: bool(row["role"] == "HIRING_MANAGER"),
    "Opening.active_application_count": is_active,
    "Stage.applications": is_active,
    "Stage.application_count": is_active,
    "Seat.application": lambda row: bool(row["status"] == "HIRED"),
}

SEAT_STATUSES = ("DRAFT", "APPROVED", "OPEN", "RESERVED", "FILLED", "CLOSED")

CONDITIONS: dict[str, Callable[[Any], bool]] = {
    "CompensationBand.minimum": lambda row: row["minimum_minor"] is not None,
    "CompensationBand.maximum": lambda row: row["maximum_minor"] is not None,
    "Opening.seat_counts.total": lambda _row: True,
    **{
        f"Opening.seat_counts.{status.lower()}": (lambda row, status=status: bool(row["status"] == status))  # type: ignore[misc] # bound
        for status in SEAT_STATUSES
    },
}
