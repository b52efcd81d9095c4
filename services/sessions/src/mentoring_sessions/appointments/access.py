"""Who may see and change an appointment."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.appointments.models import Appointment
from mentoring_sessions.errors import AppointmentNotFound
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import with_part
from mentoring_sessions.relationships.parts import Access


async def appointment(db: AsyncSession, by: Principal, appointment_id: UUID) -> tuple[Appointment, Access]:
    """An appointment and the caller's part in its relationship; AppointmentNotFound for who has none."""
    return await with_part(db, by, await relationships.found(db, Appointment, appointment_id), AppointmentNotFound)
