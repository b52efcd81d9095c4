"""What answers are made of."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """An answer, or a part of one, that is read from a row."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """The view of a row: an entity, or a tuple with the names of its columns, which is read much faster."""
        return super().model_validate(obj._asdict() if hasattr(obj, "_asdict") else obj, **options)
