"""PostgreSQL and a Kafka broker that live and die with the process that starts them.

They let every service run against real parts with nothing installed: the command line tool, the tests and a first look
use them. Production names its own servers in the settings and never imports this package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mentoring_common.embedded.broker import EmbeddedBroker
    from mentoring_common.embedded.errors import EmbeddedServerError
    from mentoring_common.embedded.kafka import ApacheKafka
    from mentoring_common.embedded.postgres import EmbeddedPostgres

__all__ = ["ApacheKafka", "EmbeddedBroker", "EmbeddedPostgres", "EmbeddedServerError"]
_MODULES = {
    "ApacheKafka": "kafka",
    "EmbeddedBroker": "broker",
    "EmbeddedPostgres": "postgres",
    "EmbeddedServerError": "errors",
}


def __getattr__(name: str) -> Any:
    """Loads what is asked for: who mints a token waits for no broker."""
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
