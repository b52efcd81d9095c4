"""What the applications service does; commands never commit."""

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import queries
from mentoring_applications.errors import EmailTaken
from mentoring_applications.models import Person
from mentoring_applications.schemas import NewPerson
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.outbox import emit
from mentoring_contracts.applications import PersonChanged


async def register_person(db: AsyncSession, new: NewPerson, by: Principal) -> Person:
    """Make a person known; EmailTaken if the address is in use."""
    if await queries.email_is_taken(db, new.email.lower()):
        raise EmailTaken()
    person = Person(name=new.name, email=new.email.lower(), employer_id=new.employer_id)
    db.add(person)
    await db.flush()
    audit(db, by.subject, "register_person", "person", person.id)
    emit(db, PersonChanged(person_id=person.id))
    return person
