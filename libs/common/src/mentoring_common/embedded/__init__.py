"""PostgreSQL and a Kafka broker that live and die with the process that starts them.

They let every service run against real parts with nothing installed: the command line tool, the tests and a first look
use them. Production names its own servers in the settings and never imports this package.
"""

from mentoring_common.embedded.broker import EmbeddedBroker
from mentoring_common.embedded.errors import EmbeddedServerError
from mentoring_common.embedded.kafka import ApacheKafka
from mentoring_common.embedded.postgres import EmbeddedPostgres

__all__ = ["ApacheKafka", "EmbeddedBroker", "EmbeddedPostgres", "EmbeddedServerError"]
