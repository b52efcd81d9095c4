"""The CloudEvents 1.0 envelope in the Kafka binding's binary mode: attributes as `ce_` headers, data as JSON."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from mentoring_contracts import Event, schema_id

MAX_NAME = 200  # source and partition key together are the key of an index


class Envelope(BaseModel):
    """The attributes of one event; `tenantid` and `aggregateversion` are extensions of ours."""

    model_config = ConfigDict(frozen=True)

    specversion: str = "1.0"
    id: UUID
    source: str = Field(max_length=MAX_NAME)
    type: str
    subject: UUID
    time: datetime
    dataschema: str
    partitionkey: str = Field(max_length=MAX_NAME)
    tenantid: UUID
    traceparent: str
    aggregateversion: int = Field(0, ge=0, lt=2**63)

    @classmethod
    def of(cls, event: Event, id_: UUID, tenant: UUID, time: datetime, traceparent: str) -> "Envelope":
        """The envelope of a fresh event."""
        return cls(
            id=id_,
            source=f"/mentoring/{event.owner}",
            type=event.type_name(),
            subject=event.subject_id(),
            time=time,
            dataschema=schema_id(type(event)),
            partitionkey=str(event.subject_id()),
            tenantid=tenant,
            traceparent=traceparent,
        )

    @classmethod
    def from_headers(cls, headers: Iterable[tuple[str, bytes]] | Mapping[str, str]) -> "Envelope":
        """Read the `ce_` headers of a record; pydantic's ValidationError if they are not an envelope."""
        pairs = headers.items() if isinstance(headers, Mapping) else ((k, v.decode()) for k, v in headers)
        return cls.model_validate({k[3:]: v for k, v in pairs if k.startswith("ce_")})

    def headers(self) -> dict[str, str]:
        """The record's headers; `aggregateversion` is added when the outbox row is written."""
        values = self.model_dump(mode="json", exclude={"aggregateversion"})
        return {"content-type": "application/json"} | {f"ce_{k}": str(v) for k, v in values.items()}
