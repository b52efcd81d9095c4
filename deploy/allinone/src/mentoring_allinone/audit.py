"""`mentoring audit verify`: asks every service whether an organisation's audit log is whole."""

from collections.abc import Iterator

import httpx

from mentoring_common.api_address import API
from mentoring_common.audit_proof import AuditVerdict
from mentoring_common.embedded import EmbeddedServerError

SERVICES = ("applications", "matching", "sessions", "evaluation", "integrations")


def verdicts(address: str, token: str) -> Iterator[AuditVerdict]:
    """The verdict of each service behind one address; EmbeddedServerError when one does not answer with it."""
    try:
        client = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=300.0)
    except httpx.InvalidURL as error:
        raise EmbeddedServerError(
            "The address is no URL: give the right one with --url, or start the stack."
        ) from error
    with client:
        for name in SERVICES:
            yield _ask(client, name)


def _ask(client: httpx.Client, name: str) -> AuditVerdict:
    try:
        answer = client.get(f"{API}/{name}/audit-log/verification")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EmbeddedServerError(f"{name} at {client.base_url} does not answer ({type(error).__name__}).") from error
    if answer.status_code != 200:
        raise EmbeddedServerError(f"{name} at {client.base_url} answers {answer.status_code}: is the token an admin's?")
    return AuditVerdict.model_validate_json(answer.content)


def line(found: AuditVerdict) -> str:
    """One line that says what was found."""
    if found.intact:
        return f"{found.service}: intact ({found.entries} entries, {found.anchors} anchors)"
    return f"{found.service}: broken at entry {found.broken_at}: {found.because}"
