"""What a process made in starting is not looked at again by its garbage collector."""

import gc
import weakref

from mentoring_common.garbage import start_spared


class Circle:
    """Refers to itself: it ends by a collection alone."""

    def __init__(self) -> None:
        self.itself = self


def test_a_collection_leaves_what_was_there_and_takes_what_came_since():
    before = gc.get_threshold(), gc.get_freeze_count()
    old = weakref.ref(Circle())
    with start_spared():
        new = weakref.ref(Circle())
        gc.collect()
        assert old() is not None
        assert new() is None
        assert gc.get_freeze_count() > 10_000
    assert (gc.get_threshold(), gc.get_freeze_count()) == before
    gc.collect()
    assert old() is None
