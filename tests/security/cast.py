"""Everybody who acts: one actor for each role, grant, privilege and narrowed token of the permission table."""

from portal.access.actor import Actor, HeldGrant
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import Permission
from tests.security.scene import Scene, Where
from tests.world import grant

# A team's manager sees what was proposed to the team; the others are given the department, agencies one opening.
_SCOPES = {GrantRole.TEAM_MANAGER: ScopeType.TEAM, GrantRole.AGENCY: ScopeType.OPENING}


def cast(scene: Scene) -> dict[str, Actor]:
    """Actors by what gives them their rights."""
    found = {role.value: _member(scene, role.value, role) for role in OrganizationRole}
    for role in GrantRole:
        of = OrganizationRole.AGENCY if role is GrantRole.AGENCY else OrganizationRole.MEMBER
        found[f"grant {role.value}"] = _member(scene, f"grant {role.value}", of, _scoped(scene, role))
    for privilege in Privilege:
        found[f"privilege {privilege.value}"] = _member(
            scene,
            "grant VIEWER",
            OrganizationRole.MEMBER,
            grant(GrantRole.RECRUITER, privileges=frozenset({privilege})),
        )
    found["service account"] = Actor(
        organization_id=scene.world.id,
        kind=ActorKind.SERVICE,
        id=scene.rows["cast account"].id,
        grants=(_scoped(scene, GrantRole.RECRUITER),),
    )
    secret = [row.id for name, row in scene.places[Where.SECRET].rows.items() if name.startswith("opening ")]
    found["confidential recruiter"] = _member(
        scene,
        "grant RECRUITER",
        OrganizationRole.MEMBER,
        grant(GrantRole.RECRUITER, ScopeType.OPENING, *secret, confidential=True),
    )
    found["owner"] = owner(scene)
    narrow = frozenset({Permission.OPENING_SEE, Permission.CANDIDATE_CREATE})
    found["narrow token"] = scene.world.acting(
        scene.rows["RECRUITER_ALL"].id, OrganizationRole.RECRUITER_ALL, scopes=narrow
    )
    return found


def owner(scene: Scene) -> Actor:
    """Somebody who may do all that a member can be allowed, confidential openings and all privileges included."""
    everything = grant(GrantRole.RECRUITER, confidential=True, privileges=frozenset(Privilege))
    return _member(scene, "ORG_ADMIN", OrganizationRole.ORG_ADMIN, everything)


def _member(scene: Scene, name: str, role: OrganizationRole, *grants: HeldGrant) -> Actor:
    return scene.world.acting(scene.rows[name].id, role, *grants)


def _scoped(scene: Scene, role: GrantRole) -> HeldGrant:
    scope_type = _SCOPES.get(role, ScopeType.DEPARTMENT)
    place = scene.places[Where.INSIDE]
    opening = place.opening()
    scope_id = {ScopeType.TEAM: place.team.id, ScopeType.OPENING: opening.id}.get(scope_type, place.department.id)
    return grant(role, scope_type, scope_id)
