"""The page of events: an AsyncAPI document as people read it, with no script and nothing that comes from elsewhere."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

Document = Mapping[str, Any]
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;"
    "border-bottom:1px solid #ddd}pre{background:#f6f6f6;padding:.6rem;overflow:auto}code{overflow-wrap:anywhere}"
)


def add_event_pages(app: FastAPI, described: Callable[[], Document]) -> None:
    """Serve the AsyncAPI document `described`, in which each message has its schema, at /asyncapi.json, and its page at
    /events."""

    @cache
    def made() -> str:
        return page(described())

    async def document(_: Request) -> Response:
        return JSONResponse(described())

    async def events(_: Request) -> Response:
        return HTMLResponse(made(), headers={"Content-Security-Policy": POLICY})

    app.add_route("/asyncapi.json", document, include_in_schema=False)
    app.add_route("/events", events, include_in_schema=False)


def page(document: Document) -> str:
    """The document as a page."""
    title = escape(document["info"]["title"])
    messages = document["components"]["messages"]
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    head += f"<style>{_STYLE}</style></head>"
    parts = [head, f"<body><h1>{title}</h1><p>{escape(document['info']['description'])}</p>"]
    for channel in document["channels"].values():
        parts.append(f"<h2>{escape(channel['title'])}</h2><p>topic <code>{escape(channel['address'])}</code></p>")
        parts += [line for name in channel["messages"] for line in _message(messages[name])]
    parts.append(
        "<h2>What every event has</h2>" + _table(document["components"]["messageTraits"]["envelope"]["headers"])
    )
    return "\n".join([*parts, "</body></html>\n"])


def _message(message: Document) -> Iterator[str]:
    name = escape(message["name"])
    yield f'<h3 id="{name}"><code>{name}</code></h3><p>{escape(message["description"])}</p>'
    key = message["bindings"]["kafka"]["key"]["description"]
    about = {"owner": message["x-owner"], "key": key, "order": message["x-order"]}
    about |= {"personal data": message["x-personal-data"], "versions": ", ".join(message["x-versions"])}
    yield "<table>" + "".join(f"<tr><th>{a}</th><td>{escape(str(b))}</td></tr>" for a, b in about.items()) + "</table>"
    yield _table(message["payload"]["schema"])
    example = json.dumps(message["examples"][0]["payload"], indent=1)
    yield f"<details><summary>example</summary><pre>{escape(example)}</pre></details>"


def _table(schema: Document) -> str:
    needed = set(schema.get("required", ()))
    rows = [
        f"<tr><td><code>{escape(name)}</code>{'' if name in needed else ' ?'}</td><td>{escape(_type(member))}</td>"
        f"<td>{escape(member.get('description', ''))}</td></tr>"
        for name, member in schema.get("properties", {}).items()
    ]
    return f"<table>{''.join(rows)}</table>"


def _type(member: Document) -> str:
    kinds = member.get("anyOf", [member])
    words = [
        ", ".join(map(str, one.get("enum", ()))) or one.get("format") or one.get("type") or "object" for one in kinds
    ]
    return " or ".join(words)
