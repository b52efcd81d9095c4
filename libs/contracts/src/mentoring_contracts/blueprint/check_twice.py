"""What stands twice where once is all it can mean."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from mentoring_contracts.blueprint.faults import Fault, Path
from mentoring_contracts.blueprint.section import written
from mentoring_contracts.blueprint.whole import Blueprint


def twice_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """A value that a list names twice; a notice, or a question of equality monitoring, that is there twice."""
    yield from _in_lists(blueprint, ())
    notices = [(notice.id, notice.version) for notice in blueprint.privacy_notices]
    for place, notice in enumerate(notices):
        if notice in notices[:place]:
            yield Fault(("privacy_notices", place), "twice", "two notices have one id and version")
    monitoring = blueprint.form.equality_monitoring
    fields = monitoring.fields if monitoring else []
    for place, field in enumerate(fields):
        at: Path = ("form", "equality_monitoring", "fields", place)
        if field.id in [one.id for one in fields[:place]]:
            yield Fault((*at, "id"), "twice", "two questions have one id")
        if len(set(field.answers(blueprint.languages))) < len(field.options):
            yield Fault((*at, "options"), "twice", "an option is listed twice")


def _in_lists(value: Any, path: Path) -> Iterator[Fault]:
    if isinstance(value, BaseModel):
        for alias, name in written(type(value)).items():
            # Options and their like say it themselves, of all their languages.
            if alias not in ("options", "scales", "pairs"):
                yield from _in_lists(getattr(value, name), (*path, alias))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _in_lists(item, (*path, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            if isinstance(item, str | int) and (type(item), item) in [(type(one), one) for one in value[:place]]:
                yield Fault((*path, place), "twice", "the list names it twice")
            yield from _in_lists(item, (*path, place))
