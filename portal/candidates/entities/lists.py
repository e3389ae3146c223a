"""The organization's own lists: channels through which candidates come, and words that are put on them."""

from portal.access.permissions import Permission
from portal.candidates.models import Source, Tag
from portal.reading.entity import Entity, columns, everyone, organization_wide

SOURCE: Entity[Source] = Entity(
    "Source",
    Source,
    "src",
    None,
    everyone,
    columns(Source.name, Source.type, Source.archived_at, Source.created_at, Source.updated_at, Source.version),
)

TAG: Entity[Tag] = Entity(
    "Tag",
    Tag,
    "tag",
    Permission.ORGANIZATION_READ,
    organization_wide,
    columns(Tag.name, Tag.slug, Tag.created_at, Tag.updated_at, Tag.version),
)
