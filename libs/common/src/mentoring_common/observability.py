"""Structured logs from an allow-list of fields: what is not on the list is not written, whoever passes it."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

from mentoring_common.tracing import running_trace

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "service", "error", "attempt", "method", "route", "status", "duration_ms",
        "request_id", "traceparent", "type", "event_id", "aggregate_key", "consumer", "topic", "partition", "offset",
        "lag", "kind", "subject_id", "count", "port", "address", "code", "where",
    }
)  # fmt: skip


def _with_trace(_logger: Any, _name: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say in which trace it happened, where it happened in one."""
    if "traceparent" not in fields and (running := running_trace()):
        fields["traceparent"] = running
    return fields


def _allow_list(_logger: Any, _name: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value for name, value in fields.items() if name in ALLOWED}


def configure_logging(level: str = "INFO") -> None:
    """JSON lines on standard error, nothing but the allowed fields; the libraries' own loggers only from warnings."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_trace,
            _allow_list,
            structlog.processors.JSONRenderer(serializer=lambda value, **_: orjson.dumps(value, default=str).decode()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is when something is logged
        cache_logger_on_first_use=False,
    )
    # aiokafka reports every rebalance and lost connection; our own loops report what follows from them. Mail parts
    # report addresses, HTTP clients queries.
    for name in ("aiokafka", "sqlalchemy", "httpx", "asyncio", "uvicorn", "mail", "aiosmtplib", "opentelemetry"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


log: structlog.stdlib.BoundLogger = structlog.get_logger()
