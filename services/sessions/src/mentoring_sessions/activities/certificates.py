"""A certificate as PDF/A-2a and PDF/UA-1, set by typst from data alone, in the languages of letters and of plain pages.

Blocking: run it in a thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

from mentoring_common.typesetting import typeset

WORDS: Final = {
    "cy": {
        "certificate": "Tystysgrif",
        "certifies": "Mae hyn yn tystio bod",
        "completed": "wedi cwblhau",
        "anonymous": "y rhaglen fentora",
        "requirement": "Yr hyn a gwblhawyd",
        "activities": "Gweithgareddau",
        "hours": "Oriau",
        "total": "Cyfanswm oriau datblygiad proffesiynol",
        "issued": "Dyddiad cyhoeddi:",
        "number": "Rhif y dystysgrif",
        "verify": "Gall unrhyw un ei gwirio yn",
    },
    "en": {
        "certificate": "Certificate",
        "certifies": "This certifies that",
        "completed": "has completed",
        "anonymous": "the mentoring programme",
        "requirement": "What was completed",
        "activities": "Activities",
        "hours": "Hours",
        "total": "CPD hours in all",
        "issued": "Issued on",
        "number": "Certificate number",
        "verify": "Anybody can verify it at",
    },
    "de": {
        "certificate": "Zertifikat",
        "certifies": "Hiermit wird bescheinigt:",
        "completed": "hat abgeschlossen:",
        "anonymous": "das Mentoring-Programm",
        "requirement": "Was abgeschlossen wurde",
        "activities": "Veranstaltungen",
        "hours": "Stunden",
        "total": "Stunden der Fortbildung insgesamt",
        "issued": "Ausgestellt am",
        "number": "Nummer des Zertifikats",
        "verify": "Alle können es hier prüfen:",
    },
    "es": {
        "certificate": "Certificado",
        "certifies": "Se certifica que",
        "completed": "ha completado",
        "anonymous": "el programa de mentoría",
        "requirement": "Lo que se ha completado",
        "activities": "Actividades",
        "hours": "Horas",
        "total": "Horas de formación en total",
        "issued": "Expedido el",
        "number": "Número del certificado",
        "verify": "Cualquiera puede verificarlo en",
    },
    "pl": {
        "certificate": "Certyfikat",
        "certifies": "Zaświadcza się, że",
        "completed": "ukończył(a)",
        "anonymous": "program mentoringowy",
        "requirement": "Co zostało ukończone",
        "activities": "Zajęcia",
        "hours": "Godziny",
        "total": "Łączna liczba godzin doskonalenia zawodowego",
        "issued": "Data wystawienia:",
        "number": "Numer certyfikatu",
        "verify": "Każdy może go sprawdzić pod adresem",
    },
    "fr": {
        "certificate": "Certificat",
        "certifies": "Il est certifié que",
        "completed": "a suivi jusqu’au bout",
        "anonymous": "le programme de mentorat",
        "requirement": "Ce qui a été suivi",
        "activities": "Activités",
        "hours": "Heures",
        "total": "Heures de formation au total",
        "issued": "Délivré le",
        "number": "Numéro du certificat",
        "verify": "Chacun peut le vérifier sur",
    },
}


@dataclass(frozen=True)
class Certified:
    """What a certificate says; `completed` are title, number of activities and minutes of each requirement."""

    name: str
    programme: str | None
    completed: Sequence[tuple[str, int, int]]
    minutes: int
    issued_on: date
    number: str
    address: str


def language_of(wanted: Sequence[str]) -> str:
    """The first language wanted that a certificate is written in; otherwise English."""
    return next((tag for tag in (one.partition("-")[0] for one in wanted) if tag in WORDS), "en")


def certificate_pdf(said: Certified, language: str) -> bytes:
    """The PDF, the same bytes for the same certificate. PdfNotPossible for a name without a font."""
    words = WORDS[language]
    data: dict[str, Any] = {
        "language": language,
        "words": words,
        "name": said.name,
        "programme": said.programme or words["anonymous"],
        "rows": [[title, str(attended), _hours(minutes)] for title, attended, minutes in said.completed],
        "hours": _hours(said.minutes),
        "day": {"year": said.issued_on.year, "month": said.issued_on.month, "day": said.issued_on.day},
        "number": said.number,
        "address": said.address,
    }
    return typeset(_template(), data)


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


@cache
def _template() -> bytes:
    return resources.files("mentoring_sessions.activities").joinpath("templates/certificate.typ").read_bytes()
