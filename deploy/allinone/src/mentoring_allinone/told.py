"""What a command is told by the environment."""

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from mentoring_allinone.failures import WronglyTold

if TYPE_CHECKING:
    from mentoring_common.settings import Settings

AnySettings = TypeVar("AnySettings", bound=BaseSettings)


def told(model: type[AnySettings], **given: Any) -> AnySettings:
    """The settings from the environment; WronglyTold names those that are missing or wrong."""
    try:
        return model(**given)
    except ValidationError as error:
        names = ", ".join("MENTORING_" + str(e["loc"][0]).upper() for e in error.errors())
        raise WronglyTold(f"these settings are missing or wrong: {names}") from None


def reaching(kafka: str | None) -> "Settings":
    """Settings of which only those of the brokers matter: at `kafka` where that is given, else as a service is told."""
    from mentoring_common.settings import Settings  # it loads what a service loads: small commands do not wait for it

    unasked = ("database_url", "system_database_url", "token_issuer", "token_jwks_url")
    nothing: dict[str, Any] = dict.fromkeys(unasked, "none") | {"master_key": "A" * 43 + "="}
    return told(Settings, **nothing | ({"kafka_bootstrap_servers": kafka} if kafka else {}))
