"""Who owns, emits, reacts to and serves what: read from the code, so that it cannot be wrong for long."""

from fastapi.routing import APIRoute

from mentoring_common.runner import Service
from mentoring_contracts import Event, event_classes


def text(services: dict[str, Service]) -> str:
    """The service map in Markdown."""
    parts = [
        "# Service map\n",
        "Services meet as events on Kafka; the gateway calls their HTTP APIs, and some the internal API of another.\n",
    ]
    parts.append(_picture(services))
    parts += [_service(name, service) for name, service in services.items()]
    return "\n".join([*parts, _events(services)])


def readers(cls: type[Event], services: dict[str, Service]) -> list[str]:
    """The services that react to an event."""
    return [name for name, service in services.items() if cls in service.design.reactions]


def _picture(services: dict[str, Service]) -> str:
    edges = sorted(
        {(cls.owner, reader) for cls in event_classes() for reader in readers(cls, services) if reader != cls.owner}
    )
    lines = "\n".join(f"  {owner} -- events --> {reader}" for owner, reader in edges)
    calls = "\n".join(f"  gateway -. HTTP .-> {name}" for name in services)
    calls += "".join(f"\n  {name} -. HTTP .-> {callee}" for name, s in services.items() for callee in s.design.calls)
    return f"```mermaid\nflowchart LR\n{lines}\n{calls}\n```\n"


def _service(name: str, service: Service) -> str:
    design = service.design
    emitted = ", ".join(cls.__name__ for cls in event_classes(name)) or "nothing"
    reacted = ", ".join(sorted(cls.__name__ for cls in design.reactions)) or "nothing"
    reacted += "; keeps every event for those outside" if design.feed else ""
    deadlines = ", ".join(sorted(design.deadlines)) or "none"
    routes = [route for router in design.routers for route in router.routes if isinstance(route, APIRoute)]
    served = "\n".join(
        f"- `{','.join(sorted(r.methods or ()))} {r.path}`" for r in sorted(routes, key=lambda r: r.path)
    )
    return (
        f"## {name}\n\nEmits: {emitted}\n\nReacts to: {reacted}\n\nDeadlines: {deadlines}\n\n"
        f"Calls: {', '.join(design.calls) or 'nobody'}\n\n"
        f"Work beside requests: {', '.join(p.name for p in design.periodic) or 'none'}\n\nServes:\n\n{served}\n"
    )


def _events(services: dict[str, Service]) -> str:
    rows = []
    for cls in event_classes():
        known = ", ".join(readers(cls, services))
        rows.append(f"| {cls.__name__} | {cls.owner} | {known or '(' + (cls.for_integrators or '?') + ')'} |")
    return "## Every event and its readers\n\n| event | owner | readers |\n|---|---|---|\n" + "\n".join(rows) + "\n"
