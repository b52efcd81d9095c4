"""When does a broker answer, and is it ours?"""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from mentoring_common.embedded.child_process import ChildProcess
from mentoring_common.embedded.patience import Patience


async def answers(process: ChildProcess, bootstrap_servers: str, cluster_id: str, patience_s: float) -> bool:
    """True once a broker of `cluster_id` answers at `bootstrap_servers`; False if `process` ends or time runs out.

    The cluster's id tells our broker from one of another process that took the same port a moment earlier.
    """
    patience = Patience(patience_s)
    while process.running and not patience.is_over:
        if await _accepts(bootstrap_servers) and await _cluster_id(bootstrap_servers) == cluster_id:
            return True
        await asyncio.sleep(0.02)
    return False


async def _accepts(bootstrap_servers: str) -> bool:
    """A cheap look first: the Kafka client logs an error for every refused connection."""
    host, port = bootstrap_servers.rsplit(":", 1)
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return False
    writer.close()
    return True


async def _cluster_id(bootstrap_servers: str) -> str | None:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, request_timeout_ms=5000)
    try:
        await client.start()
        found = (await client.describe_cluster()).get("cluster_id")
        return None if found is None else str(found)
    except (KafkaError, OSError):
        return None
    finally:
        await client.close()
