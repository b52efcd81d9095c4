"""Settings of the gateway as a process of its own, and its limits."""

from dataclasses import dataclass

from pydantic import Field, SecretStr, field_validator

from mentoring_common.settings import Settings

MAX_PAGE = 200
DEFAULT_PAGE = 50


class GatewaySettings(Settings):
    """The common settings without a database, which the gateway does not have."""

    database_url: str = Field("", description="not used: the gateway owns no data")
    system_database_url: str = Field("", description="not used")
    owner_database_url: str = Field("", description="not used")
    kafka_bootstrap_servers: str = Field(
        "", description="brokers of the events that are followed; none: nobody follows"
    )
    master_key: SecretStr = Field(SecretStr(""), description="not used: the gateway seals nothing")

    @field_validator("master_key")
    @classmethod
    def _holds_32_bytes(cls, key: SecretStr) -> SecretStr:
        return key  # stands in for the check of the services that have one


@dataclass(frozen=True)
class Limits:
    """How much one operation may ask for; a standard introspection query fits into all of them."""

    tokens: int = 3000
    kept_characters: int = 20_000  # a longer document is parsed anew each time
    aliases: int = 30
    depth: int = 12
    introspection_depth: int = 24
    # Fields times page sizes; a field that makes a call of its own for every parent counts CALL of them.
    cost: int = 60_000
    deadline_s: float = 10.0
    calls_at_once: int = 8


LIMITS = Limits()
