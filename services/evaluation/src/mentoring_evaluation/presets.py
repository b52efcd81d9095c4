"""Surveys that ship: one data file each, with the wording for mentors and for mentees."""

from functools import cache
from importlib import resources

import yaml

from mentoring_evaluation.instruments import Survey

_FOLDER = resources.files("mentoring_evaluation").joinpath("presets")


@cache
def presets() -> dict[str, Survey]:
    """Every preset by its name, in order."""
    files = sorted((file for file in _FOLDER.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return {
        file.name.removesuffix(".yaml"): Survey.model_validate(yaml.safe_load(file.read_text("utf-8")))
        for file in files
    }
