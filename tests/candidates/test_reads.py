"""Who sees which candidates, and what of them."""

import pytest

from portal.access.enums import GrantRole, OrganizationRole, Privilege
from portal.candidates.actions.privacy import link_candidate_to_member, set_candidate_privacy, unlink_candidate
from portal.database.connection import Database, StaleAccess
from portal.database.ids import public_id
from portal.errors import AlreadyDone, Forbidden, InvalidInput, NotFound
from tests.applications.making import a_pipeline, an_application
from tests.candidates.looking import credited, found, profile, scoped
from tests.candidates.making import a_candidate, ada, email, everything, paula, row_of
from tests.world import World


async def test_a_candidate_with_one_confidential_application_remains_visible_for_the_others_r21(acme: World) -> None:
    open_, secret = await a_pipeline(acme), await a_pipeline(acme, confidential=True, title="Secret")
    cora = await a_candidate(acme, tags=("rare",))
    await an_application(acme, open_, candidate_id=cora)
    await an_application(acme, secret, candidate_id=cora)
    hugo = await scoped(acme, "Hugo", GrantRole.HIRING_MANAGER, open_.id, secret.id)
    trusted = await scoped(acme, "Tess", GrantRole.HIRING_MANAGER, open_.id, secret.id, confidential=True)

    for viewer, titles in ((hugo, {"Backend Engineer"}), (await ada(acme), {"Backend Engineer"})):
        shown = await profile(acme, viewer, cora)
        assert shown is not None
        assert shown["applications"]["totalCount"] == 1
        assert {node["opening"]["title"] for node in shown["applications"]["nodes"]} == titles
    assert ((await profile(acme, trusted, cora)) or {})["applications"]["totalCount"] == 2


async def test_a_candidate_of_a_confidential_opening_only_is_not_there_for_others_r21(acme: World) -> None:
    secret = await a_pipeline(acme, confidential=True)
    cora = await a_candidate(acme)
    await an_application(acme, secret, candidate_id=cora)
    hugo = await scoped(acme, "Hugo", GrantRole.HIRING_MANAGER, secret.id)

    assert await profile(acme, hugo, cora) is None
    assert await found(acme, hugo, search="cora") == []


async def test_nobody_sees_the_record_linked_to_themselves_not_even_administrators_r22(acme: World) -> None:
    recruiter = await ada(acme)
    olga = await acme.member("Olga", OrganizationRole.ORG_ADMIN)
    cora = await a_candidate(acme, "Olga Candidate", tags=("rare",), contact_points=(email("olga@example.com"),))
    await a_candidate(acme, "Olga Twin", contact_points=(email("olga@example.com"),))
    pipeline = await a_pipeline(acme)
    application = await an_application(acme, pipeline, candidate_id=cora)

    await acme.perform(recruiter, link_candidate_to_member, candidate_id=cora, membership_id=olga.id)

    herself = acme.acting(olga.id, OrganizationRole.ORG_ADMIN, own_candidate_ids=frozenset({cora}))
    assert await profile(acme, herself, cora) is None
    for given in ({"search": "olga"}, {"email": "olga@example.com"}):
        assert await found(acme, herself, **given) == ["Olga Twin"]
    duplicates = "{ candidates { nodes { name possibleDuplicates { name } } } }"
    assert (await acme.read(herself, duplicates))["candidates"]["nodes"] == [
        {"name": "Olga Twin", "possibleDuplicates": []}
    ]
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await acme.read(herself, node, id=public_id("cnd", cora)))["node"] is None
    assert (await acme.read(herself, node, id=public_id("app", application.id)))["node"] is None
    before = await everything(acme)
    with pytest.raises(NotFound):
        await acme.perform(herself, unlink_candidate, candidate_id=cora)
    assert await everything(acme) == before
    assert await profile(acme, recruiter, cora) is not None


async def test_a_link_counts_for_rights_that_were_derived_before_it_r22(acme: World, database: Database) -> None:
    """The access version rises with the link, so every process derives the member's rights anew at its next BEGIN."""
    recruiter, olga = await ada(acme), await acme.member("Olga")
    cora, otto = await a_candidate(acme), await a_candidate(acme, "Otto Other")

    async def version() -> int:
        (row,) = await acme.rows("SELECT access_version FROM organization_access")
        return int(row["access_version"])

    before = await version()
    await acme.perform(recruiter, link_candidate_to_member, candidate_id=cora, membership_id=olga.id)
    linked = await version()
    with pytest.raises(StaleAccess):
        async with database.reading(acme.id, before):
            pass
    await acme.perform(recruiter, unlink_candidate, candidate_id=cora)

    assert linked > before
    assert await version() > linked
    current = await version()
    await acme.perform(acme.system, set_candidate_privacy, candidate_id=otto, is_private=True)
    assert await version() == current


async def test_an_own_record_is_refused_even_with_rights_older_than_the_link_r22(acme: World) -> None:
    recruiter, olga = await ada(acme), await acme.member("Olga", OrganizationRole.RECRUITER_ALL)
    cora = await a_candidate(acme)
    await acme.perform(recruiter, link_candidate_to_member, candidate_id=cora, membership_id=olga.id)

    with pytest.raises(NotFound):
        await acme.perform(acme.acting(olga.id, OrganizationRole.RECRUITER_ALL), unlink_candidate, candidate_id=cora)


async def test_links_are_made_by_others_once_and_to_one_member_r22(acme: World) -> None:
    recruiter = await ada(acme)
    olga, otto = await acme.member("Olga"), await acme.member("Otto")
    cora = await a_candidate(acme)

    with pytest.raises(AlreadyDone):
        await acme.perform(recruiter, unlink_candidate, candidate_id=cora)
    with pytest.raises(InvalidInput, match="Ask somebody else"):
        await acme.perform(recruiter, link_candidate_to_member, candidate_id=cora, membership_id=recruiter.id)
    await acme.perform(recruiter, link_candidate_to_member, candidate_id=cora, membership_id=olga.id)
    with pytest.raises(AlreadyDone):
        await acme.perform(recruiter, link_candidate_to_member, candidate_id=cora, membership_id=olga.id)
    with pytest.raises(InvalidInput, match="Unlink them first"):
        await acme.perform(recruiter, link_candidate_to_member, candidate_id=cora, membership_id=otto.id)


async def test_a_member_of_another_organization_can_not_be_linked(acme: World, globex: World) -> None:
    recruiter, theirs = await ada(acme), await globex.member("Gus")
    cora = await a_candidate(acme)

    with pytest.raises(NotFound):
        await acme.perform(recruiter, link_candidate_to_member, candidate_id=cora, membership_id=theirs.id)


async def test_the_audit_log_hides_what_was_done_to_ones_own_record_r22(acme: World) -> None:
    member = await acme.member("Carl", OrganizationRole.COMPLIANCE_OFFICER)
    own = await a_candidate(acme, "Carl Candidate")
    await a_candidate(acme, "Cora Candidate")
    query = '{ auditEvents(filter: {entityType: {eq: "Candidate"}}) { totalCount } }'
    officer = acme.acting(member.id, OrganizationRole.COMPLIANCE_OFFICER)
    himself = acme.acting(member.id, OrganizationRole.COMPLIANCE_OFFICER, own_candidate_ids=frozenset({own}))

    assert (await acme.read(officer, query))["auditEvents"]["totalCount"] == 2
    assert (await acme.read(himself, query))["auditEvents"]["totalCount"] == 1


async def test_internal_candidates_are_private_by_default_and_seen_with_the_right_only_r23(acme: World) -> None:
    recruiter, privileged = await ada(acme), await paula(acme)

    cora = await a_candidate(acme, is_internal=True)

    assert (await row_of(acme, cora))["is_private"] is True
    assert await profile(acme, recruiter, cora) is None
    shown = await profile(acme, privileged, cora)
    assert shown is not None
    assert shown["isPrivate"] is True


async def test_a_private_candidate_of_an_opening_is_seen_only_with_the_right_on_it_r23(acme: World) -> None:
    mine, other = await a_pipeline(acme), await a_pipeline(acme, title="Other")
    cora = await a_candidate(acme, is_private=True)
    await an_application(acme, mine, candidate_id=cora, private=True)
    hugo = await scoped(acme, "Hugo", GrantRole.HIRING_MANAGER, mine.id)
    explicit = frozenset({Privilege.PRIVATE_CANDIDATES})
    here = await scoped(acme, "Hank", GrantRole.HIRING_MANAGER, mine.id, privileges=explicit)
    elsewhere = await scoped(acme, "Hedy", GrantRole.HIRING_MANAGER, other.id, privileges=explicit)

    assert await profile(acme, hugo, cora) is None
    assert await profile(acme, elsewhere, cora) is None
    shown = await profile(acme, here, cora)
    assert shown is not None
    assert shown["applications"]["totalCount"] == 1


async def test_making_a_candidate_private_hides_all_applications_too_r23(acme: World) -> None:
    recruiter, privileged = await ada(acme), await paula(acme)
    cora = await a_candidate(acme)
    applications = [
        await an_application(acme, await a_pipeline(acme, title=title), candidate_id=cora) for title in ("One", "Two")
    ]
    count = "{ applications { totalCount } }"
    assert (await acme.read(recruiter, count))["applications"]["totalCount"] == 2

    await acme.perform(privileged, set_candidate_privacy, candidate_id=cora, is_private=True)

    assert await profile(acme, recruiter, cora) is None
    assert (await acme.read(recruiter, count))["applications"]["totalCount"] == 0
    assert (await acme.read(privileged, count))["applications"]["totalCount"] == 2
    await acme.perform(privileged, set_candidate_privacy, candidate_id=cora, is_private=False)
    assert (await acme.read(recruiter, count))["applications"]["totalCount"] == 2
    versions = await acme.rows("SELECT version FROM application")
    assert [row["version"] for row in versions] == [1] * len(applications)


async def test_privacy_takes_the_right_to_see_private_candidates_r23(acme: World) -> None:
    recruiter, privileged = await ada(acme), await paula(acme)
    cora = await a_candidate(acme)
    before = await everything(acme)

    with pytest.raises(Forbidden):
        await acme.perform(recruiter, set_candidate_privacy, candidate_id=cora, is_private=True)
    with pytest.raises(AlreadyDone):
        await acme.perform(privileged, set_candidate_privacy, candidate_id=cora, is_private=False)

    assert await everything(acme) == before


async def test_a_referrer_sees_name_and_headline_and_is_told_what_is_hidden(acme: World) -> None:
    emma = await credited(acme, "Emma")
    cora = await a_candidate(
        acme, "Rita Referred", "https://rita.example", headline="Engineer", contact_points=(email("r@example.com"),)
    )
    await an_application(acme, await a_pipeline(acme), candidate_id=cora, credited_to=emma.id)

    shown = await profile(acme, emma, cora)

    assert shown is not None
    assert (shown["name"], shown["headline"], shown["firstName"], shown["tags"]) == (
        "Rita Referred",
        "Engineer",
        None,
        None,
    )
    assert (shown["contactPoints"], shown["links"], shown["possibleDuplicates"]) == ([], [], [])
    assert shown["viewerCan"] == {"read": False, "seeContact": False, "edit": False}
    assert {"firstName", "tags", "summary", "isPrivate", "possibleDuplicates"} <= set(shown["redactedFields"])


async def test_a_linked_member_is_shown_to_those_who_read_profiles(acme: World) -> None:
    recruiter, olga = await ada(acme), await acme.member("Olga")
    cora = await a_candidate(acme)
    await acme.perform(recruiter, link_candidate_to_member, candidate_id=cora, membership_id=olga.id)
    query = "query ($id: ID!) { candidate(id: $id) { linkedMembership { name } source { name } } }"

    answer = await acme.read(recruiter, query, id=public_id("cnd", cora))

    assert answer == {"candidate": {"linkedMembership": {"name": "Olga"}, "source": None}}
