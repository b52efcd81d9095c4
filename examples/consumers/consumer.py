"""Reads the events of an installation's own Kafka: every one once, in the order of its subject, from the first on.

    python consumer.py HOST:PORT GROUP [--until-quiet SECONDS]

Prints a line of JSON for each. Offsets are committed after the work: what comes again after a crash has the id of the
first time. Needs aiokafka. How it stands beside the feed and webhooks: docs/integrators.md.
"""

import argparse
import asyncio
import json

from aiokafka import AIOKafkaConsumer


async def main(servers: str, group: str, quiet_s: float | None) -> None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    consumer.subscribe(pattern="^mentoring[.].*")
    known: set[str] = set()  # in a real consumer a table, written in the transaction of the work
    await consumer.start()
    try:
        while True:
            polled = await consumer.getmany(timeout_ms=int((quiet_s or 60) * 1000), max_records=500)
            if not polled and quiet_s is not None:
                return
            for records in polled.values():
                for record in records:
                    headers = {name: value.decode() for name, value in record.headers}
                    if headers["ce_id"] in known:
                        continue
                    known.add(headers["ce_id"])
                    event = {name: headers[f"ce_{name}"] for name in ("id", "type", "subject", "tenantid")}
                    print(json.dumps(event | {"data": json.loads(record.value)}), flush=True)
            await consumer.commit()
    finally:
        await consumer.stop()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("servers")
    arguments.add_argument("group")
    arguments.add_argument("--until-quiet", type=float, default=None)
    given = arguments.parse_args()
    asyncio.run(main(given.servers, given.group, given.until_quiet))
