"""What SCIM says of itself: its abilities, its resource types and their schemas, as text, by path."""

from collections.abc import Mapping, Sequence

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    Context,
    ETag,
    Filter,
    ListResponse,
    Patch,
    Required,
    ResourceType,
    Schema,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
)

from portal.web.scim.resources import MOST_RESULTS, Group, User

CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST_RESULTS),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=False),
    etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Token",
            description="A service account's token, as Authorization: Bearer <token>.",
            primary=True,
        )
    ],
)
_PROVIDER = ScimProvider(models=[User, Group], config=CONFIG)


def _text(answer: ServiceProviderConfig | ResourceType | Schema) -> str:
    return answer.model_dump_json(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)


def _types(types: Sequence[ResourceType]) -> str:
    listed = ListResponse[ResourceType](
        total_results=len(types), start_index=1, items_per_page=len(types), resources=list(types)
    )
    return str(listed.model_dump_json(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


def _schemas(schemas: Sequence[Schema]) -> str:
    listed = ListResponse[Schema](
        total_results=len(schemas), start_index=1, items_per_page=len(schemas), resources=list(schemas)
    )
    return str(listed.model_dump_json(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


def _user_schema() -> Schema:
    """A user's schema. An address is asked for, though a user name that is one will do: SCIM has no word for that."""
    schema = User.to_schema()
    for attribute in schema.attributes or ():
        if attribute.name == "emails":
            attribute.required = Required.true
            for part in attribute.sub_attributes or ():
                part.required = Required(part.name == "value")
    return schema


_SCHEMAS = [_user_schema(), Group.to_schema()]

DISCOVERY: Mapping[str, str] = {
    "/ServiceProviderConfig": _text(CONFIG),
    "/ResourceTypes": _types(_PROVIDER.resource_types),
    **{f"/ResourceTypes/{each.name}": _text(each) for each in _PROVIDER.resource_types},
    "/Schemas": _schemas(_SCHEMAS),
    **{f"/Schemas/{each.id}": _text(each) for each in _SCHEMAS},
}
