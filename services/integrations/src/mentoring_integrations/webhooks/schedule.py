"""When a delivery that failed is tried again, and when an endpoint is left alone."""

import random
from datetime import timedelta
from typing import Final

# What Standard Webhooks 1.0 proposes: pauses before the second try, the third, … in seconds; three days in all.
PAUSES_S: Final = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
MOST_ATTEMPTS: Final = len(PAUSES_S) + 1
JITTER: Final = 0.1  # of a pause, either way: what failed together is not tried together again
LONGEST_WISH_S: Final = 86400  # of what a receiver asks for by Retry-After
OPEN_AFTER: Final = 5  # failures in a row, after which one delivery at a time tries whether the endpoint is back
FIRST_REST_S: Final = 30
LONGEST_REST_S: Final = 900
DISABLED_AFTER: Final = timedelta(days=5)  # of failures alone


def pause_s(attempts: int, wish_s: float | None) -> float | None:
    """How long after its n-th failed attempt a delivery waits; None: it is given up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    pause = PAUSES_S[attempts - 1] * (1 + random.uniform(-JITTER, JITTER))
    return max(pause, min(wish_s or 0.0, LONGEST_WISH_S))


def rest_s(failures: int) -> float:
    """How long an endpoint that failed so often in a row is left alone, whatever is due: its circuit is open."""
    if failures < OPEN_AFTER:
        return 0.0
    rest: float = min(FIRST_REST_S * 2 ** min(failures - OPEN_AFTER, 10), LONGEST_REST_S)
    return rest * (1 + random.uniform(-JITTER, JITTER))
