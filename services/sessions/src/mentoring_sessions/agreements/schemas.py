"""Agreements as the REST API takes and gives them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from mentoring_common.bodies import Body
from mentoring_common.versions import RevisedView
from mentoring_common.views import View
from mentoring_sessions.fields import Text


class SignatureView(View):
    person_id: UUID
    signed_at: datetime


class Signatures(View):
    mentor_signed_at: datetime | None = None
    mentee_signed_at: datetime | None = Field(None, description="of a pair; for a group see `signatures`")
    signatures: list[SignatureView] = []
    signed_by_all: bool = False


class NewAgreement(Body):
    terms: Text | None = None


class Signature(Body):
    version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="the version that was read; 409 if it is no longer the current one"
    )


class AgreementStateView(Signatures, RevisedView):
    MADE_AT: ClassVar = "/relationships/{match_id}/agreement"
    version: int
    proposed_by: UUID
    proposed_at: datetime


class AgreementView(AgreementStateView):
    terms: str | None
