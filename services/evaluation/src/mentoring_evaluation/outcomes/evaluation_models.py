"""Evaluation models as data: stages in order, and indicators that say what they are counted from.

A blueprint's `evaluation_model` names a model by `kind` (models.yaml) or lists `stages` of its own. `statements`
are what a stage promises; an indicator is what can be measured, and has a unit and a base or it is refused.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mentoring_common import yaml_text
from mentoring_contracts.words import in_words
from mentoring_evaluation.figures.references import read_reference

Text = Annotated[str, Field(min_length=1, max_length=500)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Part(BaseModel):
    """A part of a model: an unknown member is a misspelt one."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Indicator(Part):
    """One thing that is measured. `share`: so many of so many; `mean`: of n answers; `count`: out of a stated base."""

    id: Id
    title: Text
    kind: Literal["share", "mean", "count"]
    unit: Text
    base: Annotated[Text, Field(description="who or what stands in the denominator, or n, in words")]
    target: float | None = None
    figure: Annotated[
        str | None,
        Field(description="the figure of the programme that measures it, named as in a report: name,cohort,role,wave"),
    ] = None

    @model_validator(mode="after")
    def _share_in_percent(self) -> Self:
        if self.kind == "share" and self.unit != "percent":
            raise ValueError("the unit of a share is percent")
        return self

    @model_validator(mode="after")
    def _figure_can_be_named(self) -> Self:
        if self.figure is not None and read_reference(self.figure) is None:
            raise ValueError("no figure can be named like that")
        return self


class Stage(Part):
    """One level of a model."""

    id: Id
    title: Text
    asks: str = ""
    statements: list[Text] = []
    indicators: list[Indicator] = []


class EvaluationModel(Part):
    """A model of a programme: its stages in order."""

    kind: str
    title: str
    source: str = ""
    stages: Annotated[list[Stage], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        for what, ids in (("stages", [s.id for s in self.stages]), ("indicators", [i.id for i in self.indicators])):
            if len(set(ids)) < len(ids):
                raise ValueError(f"two {what} have one id")
        return self

    @property
    def indicators(self) -> list[Indicator]:
        """All indicators, in the order of the stages."""
        return [indicator for stage in self.stages for indicator in stage.indicators]

    def indicator(self, id_: str) -> Indicator | None:
        """The indicator of this id."""
        return next((indicator for indicator in self.indicators if indicator.id == id_), None)


WHOLE = "evaluation_model"  # the field of a fault of no single member


class ModelUnreadable(ValueError):
    """The section is no evaluation model; `faults` names each member that is wrong, and why."""

    def __init__(self, faults: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{fault['field']}: {fault['detail']}" for fault in faults))
        self.faults = faults


@cache
def known_models() -> Mapping[str, EvaluationModel]:
    """The shipped models by kind."""
    content = yaml_text.ours((files(__package__) / "models.yaml").read_text("utf-8"))
    return {kind: EvaluationModel(kind=kind, **model) for kind, model in content.items()}


def read_model(section: Mapping[str, Any]) -> EvaluationModel:
    """A blueprint's `evaluation_model`. ModelUnreadable.

    `{kind, stages: {stage: [statements] | {statements, indicators}}}` for a shipped model (further stages go behind its
    own), `{kind, stages: [{id, title, …}]}` for one's own. `indicators: [{stage, …}]` may also stand beside the stages.
    """
    try:
        return EvaluationModel.model_validate(_whole(section))
    except ValidationError as error:
        raise ModelUnreadable([
            {"field": ".".join(map(str, e["loc"])) or WHOLE, "detail": in_words(e["msg"])}
            for e in error.errors(include_url=False, include_input=False)
        ]) from None  # fmt: skip


def _whole(section: Mapping[str, Any]) -> dict[str, Any]:
    _refuse_unknown(section)
    kind = section.get("kind")
    known = known_models().get(str(kind))
    stages = section.get("stages") or {}
    if isinstance(stages, list):
        filled = [dict(stage) if isinstance(stage, Mapping) else {} for stage in stages]
    elif known is None:
        raise ModelUnreadable([{"field": "kind", "detail": f"one of {', '.join(known_models())}, or stages as a list"}])
    elif isinstance(stages, Mapping):
        filled = _filled(known, stages)
    else:
        raise ModelUnreadable([{"field": "stages", "detail": "a mapping or a list"}])
    _lay_indicators(filled, section.get("indicators") or [])
    title = section.get("title") or (_title(known, filled) if known else kind)
    return {"kind": kind, "title": title, "source": known.source if known else "", "stages": filled}


def _title(known: EvaluationModel, stages: list[dict[str, Any]]) -> str:
    """The title of a shipped model; with other stages than its own it is not that model alone."""
    same = [str(stage.get("id")) for stage in stages] == [stage.id for stage in known.stages]
    return known.title if same else f"{known.title}, with stages of our own"


def _refuse_unknown(section: Mapping[str, Any]) -> None:
    unknown = sorted(set(section) - {"kind", "title", "stages", "indicators"})
    if unknown:
        raise ModelUnreadable([{"field": WHOLE, "detail": "a member that is not known"}])


def _filled(known: EvaluationModel, stages: Mapping[str, Any]) -> list[dict[str, Any]]:
    own = {stage.id: stage.model_dump() for stage in known.stages}
    for id_, content in stages.items():
        stage = own.setdefault(str(id_), {"id": id_, "title": str(id_).replace("_", " ").capitalize()})
        stage.update(content if isinstance(content, Mapping) else {"statements": content or []})
    return list(own.values())


def _lay_indicators(stages: list[dict[str, Any]], indicators: Any) -> None:
    """Put indicators that stand beside the stages into theirs."""
    by_id = {str(stage.get("id")): stage for stage in stages}
    for position, indicator in enumerate(indicators if isinstance(indicators, list) else [None]):
        stage = by_id.get(str(indicator.get("stage"))) if isinstance(indicator, Mapping) else None
        if stage is None:
            raise ModelUnreadable([{"field": f"indicators.{position}", "detail": "names no stage of the model"}])
        content = {name: value for name, value in indicator.items() if name != "stage"}
        own = stage.get("indicators") or []
        stage["indicators"] = [*own, content] if isinstance(own, list) else own
