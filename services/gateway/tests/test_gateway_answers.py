"""What the gateway reads of answers is held against the documents of the services that give them, both ways."""

import ast
import dataclasses
import importlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from strawberry.types.base import StrawberryObjectDefinition

import mentoring_gateway
from mentoring_gateway.schema import schema
from mentoring_gateway.values import NOTHING

NAMED = "whoever asks has named it"
LEFT_OUT = {
    "AlternativesView.run_id": NAMED,
    "Approved.run_id": NAMED,
    "BlueprintList.next_cursor": "there is one page",
    "Comparison.other": "`matchRun` gives it",
    "Comparison.run": "`matchRun` gives it",
    "RefusedRowView.pointer": "`row` and `column` say it",
    "ConversationView.programme_id": "its cohort has it",
    "EmailConfirmationView.expires_at": "the page that reads it says so when it is over",
    "EvidencePackView.programme_id": NAMED,
    "FiguresView.programme_id": NAMED,
    "FloorCurveView.run_id": NAMED,
    "FormView.programme_id": NAMED,
    "HomeView.person_id": NAMED,
    "IntentionsView.programme_id": NAMED,
    "MentoringSessionStateView.match_id": NAMED,
    "MentoringSessionView.match_id": NAMED,
    "ModelView.programme_id": NAMED,
    "PersonChanged.id": "the person is read again",
    "PersonChanged.version": "the person is read again",
    "PersonProvisioned.version": "the person is read again",
    "Received.received": "always true",
    "RunView.floor_curve": "`floorCurve` is worked out when asked",
    "WavePreview.state": NAMED,
    "WavePreview.wave_id": NAMED,
}
"""Members of answers that the schema does not show, each with the reason."""

AGAIN = "`whole` reads it again where it is asked for"
AS_SENT = "it is answered as it was sent: nobody changes it"
BY_ROLE = "`with_kinds` makes it of the role"
READ = "`report_of` reads it"
UNSAID = {
    "Action.text by ActionStateView": AGAIN,
    "Appointment.where by AppointmentStateView": AGAIN,
    "ApplicationRecord.ignored by ApplicationDetail": "it is said once, to who submits",
    "ApplicationRecord.ignored by ApplicationView": "it is said once, to who submits",
    "CalendarSettings.feed_path by CalendarStateView": AGAIN,
    "CaseNote.text by CaseNoteStateView": AS_SENT,
    "CheckIn.comment by CheckInStateView": AS_SENT,
    "Comment.kind by CommentView": BY_ROLE,
    "ConcernRecord.members by ConcernStateView": AGAIN,
    "ConcernRecord.text by ConcernStateView": AGAIN,
    "EvaluationModel.version by EvaluationModel": "those that ship have none",
    "GlassBreak.reason by GlassBreakView": AGAIN,
    "Goal.actions by GoalStateView": AGAIN,
    "Goal.measure by GoalStateView": AGAIN,
    "Goal.text by GoalStateView": AGAIN,
    "MentoringSessionRecord.attended by MentoringSessionStateView": AGAIN,
    "MentoringSessionRecord.notes by MentoringSessionStateView": AGAIN,
    "NamedAnswerRecord.kind by NamedAnswerView": BY_ROLE,
    "Note.text by NoteStateView": AGAIN,
    "PersonRecord.email_pending by PersonView": "it is said to the person themselves, and by a change",
    "RolePreview.kind by RolePreview": BY_ROLE,
    "RoleRecord.note by RoleStateView": AS_SENT,
    "Survey.kind by SurveyView": BY_ROLE,
    "TeamHandover.note by TeamHandoverState": AS_SENT,
}
"""Members of the schema that an answer never has, each with where they come from then."""


HERE = Path(mentoring_gateway.__file__).parent
SERVICE = dict.fromkeys(
    ("people", "programmes", "applications", "nominations", "networks", "api_keys", "blueprints"), "applications"
)
SERVICE |= {"matching": "matching"}
SERVICE |= dict.fromkeys(
    (
        "relationships", "meetings", "goals", "check_ins", "concerns", "activities", "habits", "pair_clock",
        "pair_reviews", "appointments", "resources",
    ),
    "sessions",
)  # fmt: skip
SERVICE |= dict.fromkeys(("notifications", "webhooks", "imports"), "integrations")
# What lies below an application and is no act on it.
NO_ACTS = {f"/applications/{{application_id}}/{part}" for part in ("assessors", "moderation", "files")}
CALLS = {"get": "get", "page": "get", "every": "get"}


# An answer that is read as two types: of each member, by the other one.
SHARED = {"ApplicationDetail": ("ApplicationRecord", "WrittenForm"), "DraftView": ("Draft", "DraftContent")} | {
    "NetworkBlueprintView": ("NetworkBlueprintRecord", "NetworkBlueprintContent")
}


@cache
def contract(service: str) -> dict[str, Any]:
    """The OpenAPI document of a service, which its own tests hold against its routes."""
    text = files("mentoring_contracts").joinpath("openapi", f"{service}.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference, and of a choice with null the other one."""
    while "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        schema = (document.get("$defs") or document["components"]["schemas"])[name]
    choices = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    return resolved(choices[0], document) if len(choices) == 1 else schema


def answer_of(operation: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of what an operation answers when it did what was asked; None for nothing."""
    good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    schema: dict[str, Any] | None = good.get("content", {}).get("application/json", {}).get("schema")
    return schema


@dataclass(frozen=True)
class Read:
    """A call of a client, and the shape that its answer is read as."""

    where: str
    service: str
    method: str
    path: str
    shape: TypeAdapter[Any]

    def operations(self) -> list[dict[str, Any]]:
        """The operations of the service that it may be: several where a whole segment is an argument."""
        known = contract(self.service)["paths"]
        same = [path for path in known if re.sub(r"\{[^}]*\}", "{}", path) == self.path]
        wild = re.compile(re.escape(self.path).replace(r"\{\}", ".+"))
        found = same or [path for path in known if wild.fullmatch(path) and path not in NO_ACTS]
        return [known[path][self.method] for path in found if self.method in known[path]]


def reads() -> Iterator[Read]:
    """Every call of every client."""
    for file in sorted(HERE.glob("*/*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        domain = file.parent.name
        module = importlib.import_module(f"mentoring_gateway.{domain}.{file.stem}")
        paths = {f.name: f.body[-1].value for f in tree.body if isinstance(f, ast.FunctionDef) and _gives(f)}
        for function in ast.walk(tree):
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            names = {
                s.targets[0].id: s.value
                for s in function.body
                if isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name)
            }
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in {
                    f"{api}.{way}" for api in ("self.api", "api") for way in (*CALLS, "send")
                }:
                    method, path, shape = _read(call)
                    yield Read(
                        f"{domain}.{function.name}", SERVICE.get(domain, "evaluation"), method,
                        _template(path, names, paths), getattr(module, shape),
                    )  # fmt: skip


def _gives(function: ast.FunctionDef) -> bool:
    return isinstance(function.body[-1], ast.Return) and isinstance(function.body[-1].value, ast.JoinedStr)


def _read(call: ast.Call) -> tuple[str, ast.expr, str]:
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr == "send":
        return ast.literal_eval(call.args[0]).lower(), call.args[1], ast.unparse(call.args[2])
    return CALLS[call.func.attr], call.args[0], ast.unparse(call.args[1])


def _template(node: ast.expr, names: dict[str, ast.expr], paths: dict[str, ast.expr]) -> str:
    """The path with `{}` for what an argument fills."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_template(part, names, paths) for part in node.values)
    if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Call):
        return _template(node.value, names, paths)
    if isinstance(node, ast.Name) and node.id in names:
        return _template(names[node.id], names, paths)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in paths:
        return _template(paths[node.func.id], names, paths)
    return "{}"


def _titled(schema: dict[str, Any]) -> str:
    return str(schema.get("title"))


class Differences:
    """What answers have and the gateway does not read, what it reads and they need not have."""

    def __init__(self) -> None:
        self.unread: dict[str, set[str]] = {}
        self.never_given: set[str] = set()
        self.unsaid: set[str] = set()
        self._seen: set[tuple[str, str]] = set()

    def note(self, given: dict[str, Any], api: dict[str, Any], read: dict[str, Any], shapes: dict[str, Any]) -> None:
        """Compare the schema of an answer with the shape that it is read as."""
        given, read = resolved(given, api), resolved(read, shapes)
        if "items" in given and "items" in read:
            self.note(given["items"], api, read["items"], shapes)
        pair = _titled(given), _titled(read)
        if "properties" not in given or "properties" not in read or pair in self._seen:
            return
        self._seen.add(pair)
        known, wanted = given["properties"], read["properties"]
        self.unsaid |= {f"{pair[1]}.{name} by {pair[0]}" for name in wanted.keys() - known.keys()}
        for name in known.keys() - wanted.keys():
            self.unread.setdefault(f"{pair[0]}.{name}", set()).add(pair[1])
        for name in known.keys() & wanted.keys():
            self.note(known[name], api, wanted[name], shapes)
            if name in read.get("required", []) and _may_lack(given, name) and not _may_be_null(wanted[name]):
                self.never_given.add(f"{pair[1]}.{name}")
        self.never_given |= {f"{pair[1]}.{name}" for name in read.get("required", []) if name not in known}


def _may_lack(schema: dict[str, Any], name: str) -> bool:
    return _may_be_null(schema["properties"][name])


def _may_be_null(schema: dict[str, Any]) -> bool:
    return any(one.get("type") == "null" for one in schema.get("anyOf", [])) or schema == {}


def differences() -> Differences:
    found = Differences()
    for read in reads():
        if read.shape is not NOTHING:
            shapes = read.shape.json_schema()
            for operation in read.operations():
                answer = answer_of(operation)
                assert answer is not None, read.where
                found.note(answer, contract(read.service), shapes, shapes)
    return found


def test_every_call_of_a_client_is_an_operation_of_its_service():
    found = list(reads())
    assert len(found) > 100
    assert [read.where for read in found if not read.operations()] == []


def changes() -> Iterator[tuple[str, str, bool]]:
    """Every mutation, the call of a client that it makes, and whether it takes the version that was seen."""
    for file in sorted(HERE.glob("*/mutations.py")):
        functions = (f for f in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(f, ast.AsyncFunctionDef))
        for function in functions:
            said = ast.unparse(function)
            made = re.search(r"context\.commands\(info(, expected_version)?\)\.(\w+)(?:\.(\w+)\()?", said)
            if made:
                # `api = ….commands(…).domain` is followed by `api.method(`
                methods = [made[3]] if made[3] else re.findall(r"\bapi\.(\w+)\(", said)
                takes = made[1] is not None and "expected_version" in {a.arg for a in function.args.args}
                yield from ((f"{file.parent.name}.{function.name}", f"{made[2]}.{name}", takes) for name in methods)


def test_what_people_edit_in_turns_is_changed_by_the_version_that_was_seen():
    """Where the service takes If-Match, the mutation takes `expectedVersion` and sends it."""
    checked = {
        read.where
        for read in reads()
        for operation in read.operations()
        if any(p["in"] == "header" and p["name"] == "If-Match" for p in operation.get("parameters", []))
    }
    found = list(changes())
    assert len(checked & {call for _, call, _ in found}) > 60
    assert [mutation for mutation, call, takes in found if call in checked and not takes] == []


def test_what_an_answer_has_is_in_the_schema_or_left_out_for_a_reason():
    """A member of two types is left out where neither has it."""
    unread = differences().unread
    assert {name for name, by in unread.items() if not _read_by_the_other(name, by)} == LEFT_OUT.keys()


def _read_by_the_other(name: str, by: set[str]) -> bool:
    return SHARED.get(name.partition(".")[0]) is not None and len(by) == 1


def test_nothing_is_needed_that_an_answer_may_lack():
    assert differences().never_given == set()


def test_what_an_answer_never_has_comes_from_elsewhere():
    """Where it comes from nowhere, who changes a thing is told that it is empty, and a cache believes it."""
    unsaid = {each for each in differences().unsaid if not each.endswith("by ReportQueued")}
    assert unsaid == UNSAID.keys()


def test_what_stands_in_a_list_has_the_id_that_is_its_cursor():
    """A row of a service's list has one to begin the next page behind, whatever it is about."""
    types = (known.definition for known in schema.schema_converter.type_map.values())
    nodes = [one.get_field("node") for one in types if isinstance(one, StrawberryObjectDefinition)]
    rows = [field.type for field in nodes if field is not None and dataclasses.is_dataclass(field.type)]
    assert len(rows) > 40
    lacking = [row.__name__ for row in rows if "id" not in row.__dataclass_fields__ and not hasattr(row, "id")]
    assert lacking == []


def test_a_member_that_is_not_read_is_found():
    given = {"title": "WaveView", "properties": {"id": {"type": "string"}, "extensions": {"type": "array"}}}
    read = {"title": "Wave", "properties": {"id": {"type": "string"}, "told": {}}, "required": ["told"]}
    found = Differences()
    found.note(given, {}, read, {})
    assert (found.unread, found.never_given) == ({"WaveView.extensions": {"Wave"}}, {"Wave.told"})
