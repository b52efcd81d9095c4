"""Certificates: a person's own, as PDF, and what anybody learns by the number of one."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from mentoring_common.auth import Public
from mentoring_common.languages import InLanguage, languages_of
from mentoring_common.pagination import Limit
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Db, Phases, PublicDb, Route
from mentoring_common.vault import Erased
from mentoring_common.versions import IfMatchRequired
from mentoring_sessions.activities import access, queries, views
from mentoring_sessions.activities.certificates import certificate_pdf, language_of
from mentoring_sessions.activities.commands import certificates as commands
from mentoring_sessions.activities.schemas import CertificateChange, CertificateOf, CertificateView, VerifiedView
from mentoring_sessions.errors import CertificateNotValid
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import Reader, Writer, to_programme

router = APIRouter(route_class=Route, tags=["activities"])
ByNumber = Depends(Public("who is shown a certificate may verify its number, which nobody guesses"))
Number = Annotated[str, Path(max_length=40, description="the number of a certificate")]
PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {"schema": {"type": "string"}}}}}


@router.post("/programmes/{programme_id}/certificates", status_code=201)
async def issue_certificate(
    programme_id: UUID, wanted: CertificateOf, by: Writer, db: Db, read: InLanguage = None
) -> CertificateView:
    """Your certificate, once all that is asked to complete the programme is met; if there is one that stands, that."""
    mine = await to_programme(db, by, programme_id)
    row = await commands.issue_certificate(db, by, mine.programme, wanted.side)
    return views.certificate(row, languages_of(read))


@router.get("/certificates")
async def list_certificates(by: Reader, db: Db, read: InLanguage = None, limit: Limit = 50) -> list[CertificateView]:
    """Your certificates of every programme, the last first."""
    rows = await queries.certificates(db, by.person_id, limit)
    return [views.certificate(row, languages_of(read)) for row in rows]


@router.get("/certificates/{certificate_id}")
async def read_certificate(certificate_id: UUID, by: Reader, db: Db, read: InLanguage = None) -> CertificateView:
    """One certificate of yours."""
    return views.certificate(await access.certificate(db, by, certificate_id), languages_of(read))


@router.patch("/certificates/{certificate_id}")
async def change_certificate(
    certificate_id: UUID,
    change: CertificateChange,
    request: Request,
    by: Writer,
    work: Phases,
    expected: IfMatchRequired,
    read: InLanguage = None,
) -> CertificateView:
    """Say whether who verifies the number is shown your name."""
    async with work.transaction() as db:
        row = await access.certificate(db, by, certificate_id)
    name = (await _holder(request, by.person_id, row.tenant_id))[0] if change.shows_name else None
    db = await work.final()
    row = await access.certificate(db, by, certificate_id)
    await expected.hold(db, row)
    await commands.show_name(db, by, row, name)
    return views.certificate(row, languages_of(read))


@router.get("/certificates/{certificate_id}/pdf", response_class=Response, responses=PDF)
async def read_certificate_pdf(
    certificate_id: UUID, request: Request, by: Reader, work: Phases, read: InLanguage = None
) -> Response:
    """Your certificate as PDF/A-2a, in a language you ask for, else of yours or the programme's; 409 if withdrawn."""
    async with work.transaction() as db:
        row = await access.certificate(db, by, certificate_id)
        programme = await relationships.programme(db, row.programme_id)
    if row.withdrawn_at is not None:
        raise CertificateNotValid()
    name, languages = await _holder(request, by.person_id, row.tenant_id)
    wanted = [*languages_of(read), *languages, *programme.languages]
    address = f"{_service(request).settings.public_url.rstrip('/')}/pages/certificates/{row.tenant_id}/{row.number}"
    said = views.certified(row, name, address, wanted)
    pdf = await asyncio.to_thread(certificate_pdf, said, language_of(wanted))
    named = {"Content-Disposition": f'attachment; filename="certificate-{row.number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=named)


@router.get("/public/{tenant_id}/certificates/{number}", dependencies=[ByNumber])
async def verify_certificate(number: Number, db: PublicDb, read: InLanguage = None) -> VerifiedView:
    """Whether a certificate is valid, was withdrawn or is not known; its programme and what was completed."""
    row = await queries.certificate_numbered(db, number.strip().upper())
    return await views.verified(db, row, languages_of(read))


async def _holder(request: Request, person_id: UUID, tenant: UUID) -> tuple[str, list[str]]:
    """The holder's name and languages, from the service that keeps them. Erased; Unavailable."""
    asked = {"person_ids": [str(person_id)]}
    answer = await _service(request).client("applications").post(tenant, "/internal/profiles", asked)
    if not answer["items"]:
        raise Erased()
    return answer["items"][0]["name"], answer["items"][0].get("languages", [])


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service
