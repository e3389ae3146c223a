"""Where reads of applications start."""

import strawberry

from schema.applications.lists import ApplicationFilter, ApplicationOrder, RejectionReasonOrder
from schema.applications.types import Application, RejectionReason
from schema.reading import Connection, pages, root


@strawberry.type
class ApplicationQueries:
    application: Application | None = root("An application by id.", "application", id="The application's id.")
    applications: Connection[Application] = pages(
        "The applications of all openings that the viewer may see.",
        filter=ApplicationFilter,
        order=ApplicationOrder,
        root="applications",
    )
    rejection_reasons: Connection[RejectionReason] = pages(
        "The organization's reasons for rejections and withdrawals, the archived ones included.",
        order=RejectionReasonOrder,
        root="rejection_reasons",
    )
