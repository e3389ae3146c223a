"""Who may see what, once more in plain Python over rows in memory: the oracle that the compiled statements are held to.

Written from the roles in words, not from the predicates: slow, obvious, and knowing nothing of SQL.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from typing_extensions import override  # in typing from Python 3.12

from portal.access.actor import Actor, HeldGrant
from portal.access.enums import ActorKind, ScopeType
from portal.access.permissions import GRANT_ROLES, ORGANIZATION_ROLES, PRIVILEGES, SERVICE_ACCOUNT, Permission, Way

R: TypeAlias = Mapping[str, Any]  # a row, by column name
P = Permission

OF_OPENING = {
    "OpeningTeam",
    "OpeningLocation",
    "Seat",
    "HiringTeamMember",
    "OpeningSkill",
    "Stage",
}
OF_CANDIDATE = {"ContactPoint", "CandidateLink", "Employment", "Education", "CandidateSkill"}
OF_APPLICATION = {"StageTransition", "InterviewerAssignment", "TeamMatch"}
FOR_EVERYONE = {"Organization", "CloseReason", "Source", "RejectionReason"}
SHOWN_POSTINGS = ("PUBLISHED", "INTERNAL")


@dataclass(frozen=True)
class Rights:
    """One actor's rights over the rows of its organization, by table."""

    actor: Actor
    tables: Mapping[str, list[dict[str, Any]]]

    def holdings(self, permission: Permission) -> Iterator[tuple[Way, HeldGrant | None]]:
        """Each way in which the permission is held, with the grant that gives it; None for the organization's role."""
        if self.actor.scopes is not None and permission not in self.actor.scopes:
            return
        of_role = ORGANIZATION_ROLES[self.actor.role] if self.actor.role else frozenset()
        for held, way in SERVICE_ACCOUNT if self.actor.kind is ActorKind.SERVICE else of_role:
            if held is permission:
                yield way, None
        for grant in self.actor.grants:
            of_privileges = [PRIVILEGES[privilege] for privilege in grant.privileges]
            for held, way in frozenset(GRANT_ROLES[grant.role]).union(*of_privileges):
                if held is permission:
                    yield way, grant

    @property
    def is_system(self) -> bool:
        return self.actor.kind is ActorKind.SYSTEM

    def held(self, permission: Permission) -> bool:
        return self.is_system or any(True for _ in self.holdings(permission))

    def everywhere(self, permission: Permission) -> bool:
        return self.is_system or any(
            way is Way.SCOPE and (grant is None or grant.scope_type is ScopeType.ORG)
            for way, grant in self.holdings(permission)
        )

    def in_scope(self, permission: Permission, opening: R) -> bool:
        return self.is_system or any(
            way is Way.SCOPE and self._covers(grant, opening) for way, grant in self.holdings(permission)
        )

    def _covers(self, grant: HeldGrant | None, opening: R) -> bool:
        secret = opening["is_confidential"]
        if grant is None:
            return not secret
        match grant.scope_type:
            case ScopeType.ORG:
                return not secret or grant.include_confidential
            case ScopeType.OPENING:
                return opening["id"] in grant.scope_ids and (not secret or grant.include_confidential)
            case ScopeType.DEPARTMENT:
                return not secret and opening["department_id"] in grant.scope_ids
            case ScopeType.OFFICE:
                links = self.of("opening_location", opening_id=opening["id"])
                return not secret and any(link["location_id"] in grant.scope_ids for link in links)
            case ScopeType.TEAM:
                links = self.of("opening_team", opening_id=opening["id"])
                return not secret and any(link["team_id"] in grant.scope_ids for link in links)

    def of(self, table: str, **columns: object) -> list[dict[str, Any]]:
        return [row for row in self.tables[table] if all(row[name] == value for name, value in columns.items())]

    def row(self, table: str, id: object) -> dict[str, Any]:
        (found,) = self.of(table, id=id)
        return found

    def on_opening(self, permission: Permission, opening: R) -> bool:
        if self.in_scope(permission, opening):
            return True
        ways = {way for way, _ in self.holdings(permission)}
        if Way.POSTED in ways and not opening["is_confidential"]:
            postings = self.of("posting", opening_id=opening["id"])
            if any(posting["status"] in SHOWN_POSTINGS for posting in postings):
                return True
        if Way.ASSIGNED in ways and (permission is P.OPENING_SEE or not opening["is_confidential"]):
            return any(self.is_assigned(row) for row in self.of("application", opening_id=opening["id"]))
        return False

    def is_assigned(self, application: R) -> bool:
        assignments = self.of("interviewer_assignment", application_id=application["id"], membership_id=self.actor.id)
        return any(assignment["ended_at"] is None for assignment in assignments)

    def on_application(self, permission: Permission, application: R) -> bool:
        if self.in_scope(permission, self.row("opening", application["opening_id"])):
            return True
        for way, grant in self.holdings(permission):
            if way is Way.ASSIGNED and self.is_assigned(application):
                return True
            if way is Way.CREDITED and application["credited_to_id"] == self.actor.id:
                return True
            if way is Way.PROPOSED and grant is not None and grant.scope_type is ScopeType.TEAM:
                matches = self.of("team_match", application_id=application["id"])
                if any(match["team_id"] in grant.scope_ids for match in matches):
                    return True
        return False

    def on_candidate(self, permission: Permission, candidate: R) -> bool:
        searches = self.everywhere(P.CANDIDATE_SEARCH)
        if searches and (
            self.everywhere(permission) or permission in (P.CANDIDATE_SEE, P.CANDIDATE_READ, P.CANDIDATE_SEARCH)
        ):
            return True
        return self.held(permission) and any(
            self.on_application(permission, application) and self.on_application(P.APPLICATION_SEE, application)
            for application in self.of("application", candidate_id=candidate["id"])
        )

    def shows_candidate(self, candidate: R) -> bool:
        if candidate["id"] in self.actor.own_candidate_ids:
            return False
        return (
            not candidate["is_private"]
            or self.everywhere(P.CANDIDATE_PRIVATE)
            or self.on_candidate(P.CANDIDATE_PRIVATE, candidate)
        )

    def shows_application(self, application: R) -> bool:
        if application["candidate_id"] in self.actor.own_candidate_ids:
            return False
        return (
            not application["candidate_is_private"]
            or self.everywhere(P.CANDIDATE_PRIVATE)
            or self.on_application(P.CANDIDATE_PRIVATE, application)
        )

    def may(self, entity: str, permission: Permission, row: R) -> bool:  # noqa: C901 - a case each
        """Whether a permission is held on a row of an entity."""
        if entity in OF_OPENING:
            return self.on_opening(permission, self.row("opening", row["opening_id"]))
        if entity in OF_CANDIDATE:
            return self.on_candidate(permission, self.row("candidate", row["candidate_id"]))
        if entity in OF_APPLICATION:
            return self.on_application(permission, self.row("application", row["application_id"]))
        match entity:
            case "Opening":
                return self.on_opening(permission, row)
            case "Application":
                return self.on_application(permission, row)
            case "Candidate":
                return self.on_candidate(permission, row)
            case "CompensationBand":
                return self._on_band(permission, row)
            case "Posting":
                return self._on_posting(permission, row)
            case "Membership" | "ServiceAccount":
                return self.everywhere(permission) or row["id"] == self.actor.id
            case "AuditEvent" | "DomainEvent":
                return self._on_record(permission, row)
            case "Grant" | "ApiToken" | "Session":
                return self.everywhere(permission) or row["membership_id"] == self.actor.id is not None
            case _:
                return entity in FOR_EVERYONE or self.everywhere(permission)

    def _on_record(self, permission: Permission, record: R) -> bool:
        """What was done to an opening shows where the right reaches that opening; the rest, to whoever has it
        everywhere.
        """
        if record["opening_id"] is None:
            return self.everywhere(permission)
        return self.in_scope(permission, self.row("opening", record["opening_id"]))

    def _on_band(self, permission: Permission, band: R) -> bool:
        opening = self.row("opening", band["opening_id"])
        if permission is not P.OPENING_READ:
            return self.on_opening(permission, opening)
        return self.on_opening(P.COMPENSATION_READ, opening) or (
            band["visibility"] == "PUBLIC" and self.on_opening(P.OPENING_READ, opening)
        )

    def _on_posting(self, permission: Permission, posting: R) -> bool:
        opening = self.row("opening", posting["opening_id"])
        if self.on_opening(permission, opening):
            return True
        shown = posting["status"] in SHOWN_POSTINGS
        return permission is P.OPENING_READ and shown and self.on_opening(P.OPENING_SEE, opening)

    def shows(self, entity: str, row: R) -> bool:
        """Whether nothing hides a row, whatever the permission."""
        if entity == "Candidate":
            return self.shows_candidate(row)
        if entity == "Application":
            return self.shows_application(row)
        if entity in OF_CANDIDATE:
            return self.shows_candidate(self.row("candidate", row["candidate_id"]))
        if entity in OF_APPLICATION:
            return self.shows_application(self.row("application", row["application_id"]))
        return True


@dataclass(frozen=True)
class RightsOfBoth(Rights):
    """The rights of an integration and the member for whom it acts: what each of them has by itself, on each row."""

    def _each(self) -> list[Rights]:
        integration, member = replace(self.actor, on_behalf_of=None), self.actor.on_behalf_of
        return [Rights(party, self.tables) for party in (integration, member) if party is not None]

    @override
    def held(self, permission: Permission) -> bool:
        return all(rights.held(permission) for rights in self._each())

    @override
    def may(self, entity: str, permission: Permission, row: R) -> bool:
        return all(rights.may(entity, permission, row) for rights in self._each())

    @override
    def shows(self, entity: str, row: R) -> bool:
        return all(rights.shows(entity, row) for rights in self._each())
