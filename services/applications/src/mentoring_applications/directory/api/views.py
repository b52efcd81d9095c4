"""How people are shown to our other services."""

from uuid import UUID

from mentoring_applications.directory.models import Person
from mentoring_applications.directory.schemas import Profile


def profile(person: Person, line_manager_id: UUID | None) -> Profile:
    """A person as our other services see them."""
    return Profile(
        person_id=person.id,
        name=person.name,
        email=person.email,
        employer_id=person.employer_id,
        line_manager_id=line_manager_id,
        languages=person.languages,
        attributes=person.attributes,
    )
