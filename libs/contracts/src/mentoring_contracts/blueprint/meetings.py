"""What meetings of a pair are about, in the programme's words."""

from typing import Annotated

from pydantic import Field

from mentoring_contracts.blueprint.scalars import Id
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.text import Text


class MeetingTopic(Section):
    """Something that a meeting may be about."""

    READ_BY = ("sessions",)
    id: Annotated[Id, Field(description="its name, which stays when its words change")]
    title: Annotated[Text, Field(description="what people call it")]
