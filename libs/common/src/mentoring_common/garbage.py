"""The garbage collector of a process that serves."""

import contextlib
import gc
from collections.abc import Iterator

# Containers made and not yet given back, until they are looked at: Python's 700 are what a few requests in hand hold,
# which live on and are counted as if they stayed. A request leaves next to no circles.
YOUNG = 10_000


@contextlib.contextmanager
def start_spared() -> Iterator[None]:
    """Within it the collector looks seldom, and only at what was made since.

    What a process made in starting (modules, routes, schemas) lives as long as it does. Looked at again at each whole
    collection, these 740,000 objects of the embedded system stopped every request for half a second and more.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
