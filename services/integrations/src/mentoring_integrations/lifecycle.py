"""The states of webhooks and of deliveries, and what leads from one to the next."""

from collections.abc import Mapping
from typing import Any, Literal

WebhookState = Literal["unverified", "active", "paused", "disabled"]
DeliveryState = Literal["queued", "delivered", "failed"]

# act → (states it may start from, state it ends in)
WEBHOOK: Mapping[str, tuple[frozenset[WebhookState], WebhookState]] = {
    "verify": (frozenset({"unverified", "active", "disabled"}), "active"),
    "pause": (frozenset({"active"}), "paused"),
    "resume": (frozenset({"paused"}), "active"),
    "fail_for_days": (frozenset({"active"}), "disabled"),
    "answer_gone": (frozenset({"active"}), "disabled"),
    "move": (frozenset({"unverified", "active", "paused", "disabled"}), "unverified"),
}
DELIVERY: Mapping[str, tuple[frozenset[DeliveryState], DeliveryState]] = {
    "be_accepted": (frozenset({"queued"}), "delivered"),
    "give_up": (frozenset({"queued"}), "failed"),
    "replay": (frozenset({"queued", "delivered", "failed"}), "queued"),
}
# Events are queued for a webhook in one of these states; only those of an active one are sent.
QUEUING: tuple[WebhookState, ...] = ("active", "paused")


def diagrams() -> dict[str, list[tuple[str, str, str]]]:
    """Every state machine as (from, to, act), by the name of the thing."""
    machines: dict[str, Mapping[Any, tuple[frozenset[Any], str]]] = {"webhook": WEBHOOK, "delivery": DELIVERY}
    return {
        name: [(before, after, act) for act, (start, after) in machine.items() for before in sorted(start)]
        for name, machine in machines.items()
    }
