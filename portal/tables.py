"""Every table of every area in one metadata, for migrations and for tests that compare the database with it.

Importing this imports all models; nothing else does, so an area that needs a table imports its own.
"""

from portal.access import models as access
from portal.applications import models as applications
from portal.candidates import models as candidates
from portal.database.base import TenantRow
from portal.openings import models as openings
from portal.organizations import models as organizations
from portal.people import models as people
from portal.people.groups import models as groups
from portal.records import models as records
from portal.sign_in import models as sign_in
from portal.trusted_documents import models as trusted_documents

AREAS = (access, records, organizations, people, groups, sign_in, trusted_documents, openings, candidates, applications)

metadata = TenantRow.metadata
