"""What is queued for webhooks is sent: each endpoint by one sender at a time, and none waits for another's.

A webhook is taken under a lease, what is due for it read with it, and no transaction is open while it is sent. A sender
that dies leaves the lease to end: what it had not noted is sent again, under the same id.
"""

import asyncio
import time
from itertools import islice
from typing import Any, Final

from mentoring_common.observability import log
from mentoring_common.runner import Service
from mentoring_common.tracing import traced
from mentoring_integrations.changes.cloud_event import placed
from mentoring_integrations.webhooks import commands, queries
from mentoring_integrations.webhooks.commands import Parcel, rule_of
from mentoring_integrations.webhooks.sending import Outcome, Sender, sender

MOST_AT_ONCE: Final = 200  # endpoints that one process serves at the same time
TAKEN: Final = 20  # endpoints of one transaction: the first are served while the next are taken
TOGETHER: Final = 8  # deliveries to an endpoint that fares well
TIME_S: Final = 30.0  # after which what is left of a parcel is left to the next: with an attempt, less than the lease


async def deliver(service: Service) -> None:
    """Begin to serve every endpoint that has something due, and do not wait for any; `Periodic`."""
    async with service.looking.connect() as connection:
        tenants = await queries.tenants_with_work(connection)
    for tenant in tenants:
        more = True
        while more:
            free = min(MOST_AT_ONCE - service.begun, TAKEN)
            if free <= 0:
                return
            async with service.database.transaction(tenant) as db:
                parcels = await commands.take(db, free)
            for parcel in parcels:
                service.begin(_serve(service, parcel))
            more = len(parcels) == free


async def _serve(service: Service, parcel: Parcel) -> None:
    try:
        async with sender(rule_of(service)) as post:
            await _send(service, parcel, post)
    except Exception as error:  # the lease ends, and it is tried again
        log.warning(
            "webhook_waits", service=service.name, subject_id=str(parcel.webhook_id), error=type(error).__name__
        )


async def _send(service: Service, parcel: Parcel, post: Sender) -> None:
    """Some at a time while all goes well; after a failure the rest waits for the next parcel."""
    left, ends = iter(parcel.rows), time.monotonic() + TIME_S
    remaining = len(parcel.rows)
    while True:
        together = list(islice(left, 1 if parcel.failures else TOGETHER))
        remaining -= len(together)
        outcomes = await asyncio.gather(*(_attempt(service, parcel, post, row) for row in together))
        well = all(outcome.accepted for outcome in outcomes)
        last = not (remaining and well and time.monotonic() < ends)
        async with service.database.transaction(parcel.tenant) as db:
            await commands.note(db, parcel, list(zip(together, outcomes, strict=True)), last=last)
        if last:
            return


async def _attempt(service: Service, parcel: Parcel, post: Sender, row: Any) -> Outcome:
    """One attempt, as a step of the trace that the event comes from; the receiver is told which."""
    body = placed(row.event, row.position).encode()
    with traced(row.traceparent, service.tracing, "webhook", "PRODUCER") as made:
        outcome = await post.post(parcel.url, str(row.event_id), body, parcel.secrets)
        if made is not None:
            made.set_attributes({"mentoring.webhook": str(parcel.webhook_id), "mentoring.outcome": outcome.why})
        return outcome
