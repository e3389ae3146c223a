"""What candidates read about an opening, and who sees it before they do."""

from sqlalchemy import or_

from portal.access.permissions import Permission
from portal.openings.entities.opening import OPENING, READ, SHOWN, of_opening
from portal.openings.models import Posting
from portal.organizations.reads import LOCATION
from portal.reading.entity import Documents, Entity, Many, One, columns
from portal.reading.rows import Predicate, Row, Viewer, both, constant, either


def _posting_may(viewer: Viewer, permission: Permission, posting: Row) -> Predicate:
    """What is posted may be read by all who see its opening; a draft only by those who read the opening."""
    of_posting = of_opening(Posting.opening_id)
    if permission is not READ:
        return of_posting(viewer, permission, posting)
    posted = or_(*(posting[Posting.status] == constant(status) for status in SHOWN))
    return either(of_posting(viewer, READ, posting), both(posted, of_posting(viewer, Permission.OPENING_SEE, posting)))


POSTING: Entity[Posting] = Entity(
    "Posting",
    Posting,
    "pst",
    READ,
    _posting_may,
    {
        **columns(
            Posting.title,
            Posting.language,
            Posting.status,
            Posting.location_name,
            Posting.body_html,
            Posting.body_text,
            Posting.eeo_statement,
            Posting.accommodation_contact,
            Posting.url,
            Posting.valid_through,
            Posting.first_published_at,
            Posting.published_at,
            Posting.unpublished_at,
            Posting.created_at,
            Posting.updated_at,
            Posting.version,
        ),
        "sections": Documents(
            "PostingSectionValue", Posting.sections, {"heading": "heading", "html": "html", "text": "text"}
        ),
        "location": One(lambda: LOCATION, Posting.location_id),
        "opening": One(lambda: OPENING, Posting.opening_id),
    },
)

OPENING.extend({"postings": Many(lambda: POSTING, Posting.opening_id, order=(Posting.created_at,), usual=3)})
