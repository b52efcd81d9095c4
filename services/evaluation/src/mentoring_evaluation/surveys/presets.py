"""Surveys that ship: one data file each, with the wording for mentors and for mentees."""

from collections.abc import Iterable
from functools import cache
from importlib import resources

from mentoring_common import yaml_text
from mentoring_evaluation.surveys.instruments import Instrument, Survey

_FOLDER = resources.files("mentoring_evaluation.surveys").joinpath("presets")


@cache
def presets() -> dict[str, Survey]:
    """Every preset by its name, in order."""
    files = sorted((file for file in _FOLDER.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return {
        file.name.removesuffix(".yaml"): Survey.model_validate(yaml_text.ours(file.read_text("utf-8")))
        for file in files
    }


def preset_instruments(names: Iterable[str]) -> list[Instrument]:
    """The presets among these names as first versions of surveys of these names."""
    known = presets()
    return [Instrument(id=name, **known[name].model_dump(by_alias=True)) for name in sorted(names) if name in known]
