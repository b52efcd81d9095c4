"""What headings mean: names in the wild, and the ways in which forms ask."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from mentoring_matching.engine.likeness import plain

Side = Literal["mentor", "mentee"]

# A column matches exactly when its name equals one of these; the first is what we call it ourselves.
NAMES: Mapping[str, tuple[str, ...]] = {
    "email": ("email address", "email", "e-mail", "e-mail address", "e mail", "mail", "id", "person id"),
    "first_name": ("first name", "forename", "given name", "firstname"),
    "last_name": ("last name", "surname", "family name", "lastname"),
    "name": ("name", "full name", "your name", "your full name", "participant", "display name"),
    "role": ("role", "mentor or mentee", "type", "mentor/mentee", "i am a", "i want to be a", "participating as"),
    "employer": ("organisation", "organization", "employer", "company", "department", "institution", "university",
                 "dept", "org", "organisation name", "company name"),
    "job_title": ("job title", "position"),
    "grade": ("grade", "level", "band", "seniority", "job level", "job grade", "pay band"),
    "profession": ("profession", "discipline", "field"),
    "topics": ("topics", "criteria", "goals", "objectives", "skills", "areas", "expertise", "interests",
               "topic", "criterion", "goal", "objective", "skill", "area", "interest", "offers",
               "offer", "needs", "wants"),
    "text": ("biography", "bio", "about", "free text", "about you", "personal statement", "about me", "motivation"),
    "capacity": ("capacity", "places", "number of mentees", "mentees wanted", "max mentees", "slots"),
    "priority": ("priority", "priority group"),
    "languages": ("languages", "language", "spoken languages"),
    "line_manager": ("line manager", "line manager email", "manager", "manager email"),
    "preferred": ("preferred people", "preferences", "preferred", "preferred mentor", "preferred mentors",
                  "preferred mentee", "preferred mentees"),
    "conflicts": ("conflicts of interest", "conflicts", "declared conflicts", "not with", "avoid", "do not match with"),
    "matched_before": ("matched before", "previous partners", "earlier matches", "previous mentor", "previous mentee",
                       "previous mentors", "previous mentees"),
    "waited": ("unmatched last time", "waited", "waiting since last round"),
    "pinned": ("pinned to", "fixed with", "already matched with"),
    "characteristics": ("characteristics", "identity"),
    "wants_identity": ("match with similar identity",),
    "identity_to_match": ("identity to match",),
    "both": ("both mentor and mentee",),
    "time_zone": ("time zone", "timezone"),
    "availability": ("availability", "available times", "available slots", "time slots", "free slots"),
}  # fmt: skip
# The same in other languages, German, French, Spanish, Italian, Portuguese, Dutch and Polish, where it is one word.
ABROAD: Mapping[str, tuple[str, ...]] = {
    "email": ("e-mail-adresse", "email-adresse", "mailadresse", "adresse e-mail", "adresse email", "courriel",
              "correo electrónico", "correo electronico", "correo", "indirizzo email", "endereço de e-mail",
              "e-mailadres", "adres e-mail", "adres email"),
    "first_name": ("vorname", "prénom", "prenom", "primer nombre", "nome proprio", "voornaam", "imię"),
    "last_name": ("nachname", "familienname", "nom de famille", "apellido", "apellidos", "cognome", "sobrenome",
                  "apelido", "achternaam", "nazwisko"),
    "name": ("vollständiger name", "nom", "nom complet", "nombre", "nombre completo", "nome", "nome completo",
             "naam", "volledige naam", "imię i nazwisko"),
    "role": ("rolle", "rôle", "rol", "ruolo", "papel", "função", "rola"),
    "employer": ("arbeitgeber", "unternehmen", "firma", "einrichtung", "entreprise", "employeur", "organisme",
                 "empresa", "organización", "azienda", "organizzazione", "organização", "bedrijf", "werkgever",
                 "organisatie", "pracodawca", "organizacja"),
    "grade": ("dienstgrad", "stufe", "niveau", "échelon", "nivel", "livello", "nível", "poziom"),
    "profession": ("beruf", "fachgebiet", "métier", "profesión", "professione", "profissão", "beroep", "zawód"),
    "topics": ("themen", "thema", "ziele", "interessen", "kompetenzen", "thèmes", "sujets", "objectifs",
               "compétences", "temas", "objetivos", "intereses", "habilidades", "temi", "obiettivi", "competenze",
               "interesses", "onderwerpen", "doelen", "vaardigheden", "tematy", "cele", "umiejętności"),
    "text": ("über mich", "biografie", "biographie", "motivation", "à propos de moi", "biografía", "biografia",
             "sobre mí"),
    "capacity": ("kapazität", "plätze", "anzahl mentees", "anzahl der mentees", "capacité", "nombre de mentorés",
                 "places", "capacidad", "plazas", "capacità", "posti", "capacidade", "vagas", "capaciteit",
                 "aantal mentees", "liczba miejsc"),
    "languages": ("sprachen", "sprache", "langues", "idiomas", "lingue", "línguas", "talen", "języki"),
    "priority": ("priorität", "priorité", "prioridad", "priorità", "prioridade", "prioriteit", "priorytet"),
    "line_manager": ("vorgesetzte", "vorgesetzter", "responsable hiérarchique", "superior", "leidinggevende"),
    "conflicts": ("interessenkonflikte", "conflits d'intérêts", "conflictos de interés"),
    "preferred": ("wunschmentor", "wunschmentorin", "mentor souhaité", "mentor preferido"),
}  # fmt: skip
SIDES: Mapping[str, Side] = {
    "expertise": "mentor", "skills": "mentor", "skill": "mentor", "goals": "mentee", "goal": "mentee",
    "objectives": "mentee", "objective": "mentee", "interests": "mentee", "interest": "mentee",
    "offers": "mentor", "offer": "mentor", "needs": "mentee", "wants": "mentee",
}  # fmt: skip
"""Names of topics that rather one side uses."""
IGNORED = "speaks of the form or the row"
SUSPECT = re.compile(
    r"\b(max(imum)?|min(imum)?|capacity|places|slots|limit|how many|number of|no of|choices?|rank(ing)?s?|prefer\w*"
    r"|avoid|exclude|conflicts?|not (be )?(match|pair)\w*|must|cannot|only|manager|supervisor|availab\w*"
    r"|mentees? count|pinned|fixed|previous(ly)?)\b"
)
"""A heading that looks like capacity, choice or constraint."""
_LISTED = {plain(name): meaning for meaning, names in ABROAD.items() for name in names}
_LISTED |= {name: meaning for meaning, names in NAMES.items() for name in (*names, meaning.replace("_", " "))}
_SENT = re.compile(
    r"timestamp|(start|end|completion|last modified|submitted|submission|recorded|created) ?(time|date|at)?"
    r"|date (created|modified|submitted)|ip ?address|status|progress|duration.*|finished|response type"
    r"|recipient (last|first) ?name|external (data )?reference|location (latitude|longitude)"
    r"|distribution channel|user language|collector id|custom data 1|unnamed: ?\d+|score|points.*|feedback.*|index"
    r"|total points|quiz feedback|grade posted time"
)
_PEOPLE = r"(mentors?|mentees?|people|persons?|partners?|match(es)?|students?|prot[eé]g[eé]s?)"
_PHRASES: tuple[tuple[str, str, Side | None], ...] = (
    (r"^(are you|do you want to be|i('d| would) like to (be|join as)|(sign(ing)? up|join(ing)?|register(ing)?) as)\b"
     r".*\b(mentor|mentee|both)", "role", None),
    (r"\bunmatched (last|before|in)|\bwithout (a )?mentor (last|before)", "waited", None),
    (r"\b(not|never|avoid|exclude|don't|can't|cannot|won't)\b.*\b(match|pair|work|mentor)", "conflicts", None),
    (r"\bconflicts? (of interest|with)\b|^avoid\b|^exclude\b", "conflicts", None),
    (r"\balready (mentor|mentored|matched|paired|work)", "matched_before", None),
    (r"\b(previous(ly)?|past|former|earlier|last (year|round|time)('s)?)\b.*\b" + _PEOPLE, "matched_before", None),
    (r"\b(max(imum)?|how many|number of|no\.? of|#)\b.*\b" + _PEOPLE, "capacity", "mentor"),
    (r"^(slots|places|spaces) |\bmentees? (capacity|limit|count|slots|places|wanted)\b"
     r"|^(max(imum)?|mentor) (capacity|matches|slots|load)$",
     "capacity", "mentor"),
    (r"\b(line )?(manager|supervisor)('s)?\b", "line_manager", None),
    (r"\b(prefer\w*|favou?rite|choose|choice|wish\w*|would like)\b.*\b(mentor|mentee|partner)\b(?! (to|who|with|you))",
     "preferred", None),
    (r"\b(mentor|mentee|partner)s?\b.*\b(preferences?|choices?|wish(es)?)\b", "preferred", None),
    (r"^(your )?role in (the|this) (programme|program|scheme)$|^(programme|program|mentoring) role$", "role", None),
    (r"\b(e-?mail|upn|user ?name|user principal)\b", "email", None),
    (r"^(participant|person|respondent|response|record|staff|student|employee|user|mentor|mentee|#)? ?"
     r"(id|ids|number|no|code|ref(erence)?|#)$|^#$", "id", None),
    (r"^(what('s| is) )?(your )?(first|given|preferred) name|^forename", "first_name", None),
    (r"^(what('s| is) )?(your )?(last|family|sur) ?name", "last_name", None),
    (r"^(what('s| is) )?(your )?(full )?name\b|^(mentor|mentee|person|participant|member)('s)? (full )?name$"
     r"|^(mentor|mentee)$", "name", None),
    (r"^(what|which) (organi[sz]ation|company|employer|university|institution|department)|\bemployed by\b"
     r"|\b(where|who) do you work (at|for)?\b|^(current |your )?(organi[sz]ation|company|employer|university)( name)?$"
     r"|^(place of work|workplace|agency|school|ministry)$", "employer", None),
    (r"^(what is )?(your )?(current )?(job |pay |civil service )?(grade|level|band|seniority)\b", "grade", None),
    (r"\b(can|able to|happy to|willing to|could) (you )?(help|offer|mentor|support|share|advise|teach)"
     r"|\bexpertise\b|\bstrengths?\b|\bskills? (to|you|i) (offer|share|teach)",
     "topics", "mentor"),
    (r"\b(help|support|guidance|advice|mentoring) (do )?(you )?(want|need|with|on|in|for)\b|\bgoals?\b"
     r"|\blooking for\b|\b(wants?|like|hope|need) to (learn|develop|improve|work on|focus on|get better)\b"
     r"|\b(development|learning|growth) (areas?|needs?)\b|\bhoping to\b"
     r"|\bskills? (you want )?to (learn|gain|develop)",
     "topics", "mentee"),
    (r"\b(areas?|topics?) (of interest|to discuss|you)|\binterests\b|\btopics\b|^interested in\b|^focus areas?$",
     "topics", None),
    (r"\b(tell us|bio(graphy)?|about (yourself|you|me)|personal statement|motivation|background)\b|^why\b"
     r"|^description$|^notes about you$", "text", None),
    (r"\blanguages?\b.*\b(speak|spoken|fluent)|\b(speak|spoken|fluent)\b.*\blanguages?\b", "languages", None),
    (r"\btime ?zone\b", "time_zone", None),
    (r"\bavailab(le|ility)\b|\b(days|times) (that )?(you|work|suit)", "availability", None),
    (r"\b(professional|career|work) (field|discipline|area)\b|^(your )?(profession|discipline)\b", "profession", None),
    (r"\bpriority\b", "priority", "mentee"),
)  # fmt: skip
_COMPILED = [(re.compile(pattern), meaning, side) for pattern, meaning, side in _PHRASES]
_NUMBERING = re.compile(r"^(q(uestion)? ?\d+[a-z]?([._]\d+)?|\d{1,2}|[a-z])[.:)\]]\s*|^q\d+(_\d+)?\s+(?=\w)")
_ASIDE = re.compile(r"\((required|optional|please[^)]*|tick[^)]*|select[^)]*|choose[^)]*|mandatory)\)|[*?:.\s]+$")


class Guess(NamedTuple):
    """A meaning, the side that would say it so (None: either), and whether the heading is exactly its name."""

    meaning: str
    side: Side | None
    exact: bool


def is_identity(meaning: str) -> bool:
    """Whether columns of this meaning say who somebody is."""
    return meaning in ("email", "id", "name", "first_name", "last_name")


@lru_cache(maxsize=4096)
def plain_heading(heading: str) -> str:
    """A heading as it is compared: one case, words apart, without numbering and asides."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", heading)
    text = plain(apart.replace("_", " "))
    bare = _NUMBERING.sub("", text)
    while (shorter := _ASIDE.sub("", bare).strip()) != bare:
        bare = shorter
    return bare or text


@lru_cache(maxsize=4096)
def guess(heading: str) -> Guess | None:
    """What a heading means by its name or by the way it asks; None for what is not known."""
    bare = plain_heading(heading)
    listed = _LISTED.get(bare) or _LISTED.get(plain(heading.replace("_", " ")))
    if listed:
        meaning = "id" if bare in ("id", "person id") else listed
        return Guess(meaning, SIDES.get(bare), exact=True)
    if is_administrative(heading):
        return None
    found = next(((meaning, side) for pattern, meaning, side in _COMPILED if pattern.search(bare)), None)
    return Guess(*found, exact=False) if found else None


def is_administrative(heading: str) -> bool:
    """Whether a column says when and how a form was sent, and nothing of the person."""
    return _SENT.fullmatch(plain_heading(heading)) is not None


def is_suspect(heading: str) -> bool:
    """Whether a heading looks like capacity, choice or constraint."""
    return SUSPECT.search(plain_heading(heading)) is not None
