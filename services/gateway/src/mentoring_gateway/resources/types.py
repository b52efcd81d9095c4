"""Resources, as the schema shows them."""

import strawberry

from mentoring_common.api_address import api_address
from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived
from mentoring_gateway.resources.client import ResourceFileRecord, ResourceRecord


@strawberry.type(description="A file of a programme's library")
class ResourceFile(ResourceFileRecord):
    @derived("Where the file is, for the same token")
    def url(self, info: Info) -> str:
        return f"{api_address(info.context.settings.public_url, 'sessions')}/resource-files/{self.id}"


@strawberry.type(description="Something that a programme gives its people to read, in the language of its reader")
class Resource(ResourceRecord):
    file: ResourceFile | None = None


def resource_of(record: ResourceRecord) -> Resource:
    """The record of a resource as the schema shows it."""
    file = ResourceFile(**vars(record.file)) if record.file else None
    return Resource(**vars(record) | {"file": file})
