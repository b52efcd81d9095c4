"""A Kafka cluster under its administration: what is there of ours, and the steps of a plan done."""

import asyncio
from collections.abc import Iterable, Sequence, Set
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, SecurityDisabled, for_code
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest, DescribeAclsRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

from mentoring_allinone import kafka_acls
from mentoring_allinone.failures import TopicsRefused
from mentoring_allinone.topics.plan import Cluster, Plan, Rule, Topic, Wanted, compare
from mentoring_common import broker
from mentoring_common.runner import Service
from mentoring_common.settings import Settings

_ANY, _SET = 1, 0
SETTLED_WITHIN_S = 30.0
_OPERATIONS = {
    2: "All", 3: "Read", 4: "Write", 5: "Create", 6: "Delete", 7: "Alter", 8: "Describe", 9: "ClusterAction",
    10: "DescribeConfigs", 11: "AlterConfigs", 12: "IdempotentWrite", 13: "CreateTokens", 14: "DescribeTokens",
    15: "TwoPhaseCommit",
}  # fmt: skip
_KINDS = {2: "topic", 3: "group", 4: "cluster", 5: "transactional-id", 6: "delegation-token", 7: "user-principal"}
_PATTERNS = {3: "literal", 4: "prefixed"}
_PERMISSIONS = {2: "deny", 3: "allow"}


async def planned(settings: Settings, services: dict[str, Service], *, doing: bool) -> Plan:
    """What the cluster lacks of what the services need, and that done where it is asked for.

    TopicsRefused, in one line, where the brokers do not answer, or refuse. What was done before that stays.
    """
    try:
        async with broker.administered(settings) as admin:
            wanted = _wanted(services, settings.kafka_partitions, await broker.copies_of(admin, settings))
            plan = compare(wanted, await _look(admin, settings, wanted))
            if doing and plan.steps:
                await _do(admin, settings, wanted, plan)
                await _settle(admin, settings, wanted)
            return plan
    except (KafkaError, OSError) as error:
        name = type(error).__name__
        said = " ".join(f"{name} {str(error).removeprefix(f'{name}:')}".split())  # aiokafka's begin with their names
        raise TopicsRefused(
            f"Kafka at {settings.kafka_bootstrap_servers} does not answer, or refuses: {said}"
        ) from error


def _wanted(services: dict[str, Service], partitions: int, copies: int) -> Wanted:
    topics = sorted({topic for service in services.values() for topic in kafka_acls.topics(service)})
    granted = kafka_acls.grants(services)
    rules = {Rule(one.principal, operation, one.kind, one.name) for one in granted for operation in one.operations}
    return Wanted(topics, partitions, copies, rules)


async def _look(admin: AIOKafkaAdminClient, settings: Settings, wanted: Wanted) -> Cluster:
    """What is there of what is wanted, and of the rules of its principals. KafkaError where one may not look."""
    known = set(await admin.list_topics())
    names = [name for name in wanted.topics if name in known]
    parts = {one["topic"]: one["partitions"] for one in await admin.describe_topics(names)} if names else {}
    few = [name for name, partitions in parts.items() if len(partitions) < wanted.partitions]
    used = await _used(settings, few) if few else set()
    found = await _settings(admin, names)
    topics = {
        name: Topic(len(parts[name]), min(len(p["replicas"]) for p in parts[name]), found[name], name in used)
        for name in names
    }
    return Cluster(topics, await _rules(admin, wanted.principals))


async def _used(settings: Settings, topics: Sequence[str]) -> set[str]:
    reader = broker.consumer(settings, None)
    await reader.start()
    try:
        ends = await reader.end_offsets(await broker.partitions_of(reader, topics))
        return {partition.topic for partition, end in ends.items() if end > 0}
    finally:
        await reader.stop()


async def _settings(admin: AIOKafkaAdminClient, topics: Sequence[str]) -> dict[str, dict[str, str]]:
    if not topics:
        return {}
    found = {}
    for answer in await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, t) for t in topics]):
        for code, _, _, topic, entries in answer.resources:
            _pass(code, topic)
            found[topic] = {name: value for name, value, *_ in entries}
    return found


async def _rules(admin: AIOKafkaAdminClient, principals: Iterable[str]) -> Set[Rule] | None:
    found = set()
    for principal in principals:
        answer = await admin._send_request(DescribeAclsRequest(_ANY, None, _ANY, principal, None, _ANY, _ANY))
        if answer.error_code == SecurityDisabled.errno:
            return None
        _pass(answer.error_code, "rules")
        for kind, name, pattern, rules in answer.resources:
            for who, host, operation, permission in rules:
                what = _OPERATIONS.get(operation, str(operation)), _KINDS.get(kind, str(kind)), name
                found.add(Rule(who, *what, _PATTERNS[pattern], host, _PERMISSIONS[permission]))
    return found


async def _do(admin: AIOKafkaAdminClient, settings: Settings, wanted: Wanted, plan: Plan) -> None:
    """Every step of the plan. KafkaError names the first that the cluster refuses; those before it are done."""
    if plan.make:
        await broker.ensure_topics(settings, plan.make)
    if plan.settings:
        answer = await admin._send_request(_Set(plan.settings))
        for code, _, _, topic in answer.resources:
            _pass(code, topic)
    if plan.partitions:
        await admin.create_partitions({name: NewPartitions(wanted.partitions) for name in plan.partitions})
    for rule in plan.allow:
        answer = await admin._send_to_controller(CreateAclsRequest(*_as_sent(rule)))
        _pass(answer.creation_responses[0][0], str(rule))
    for rule in plan.withdraw:
        answer = await admin._send_to_controller(DeleteAclsRequest(*_as_sent(rule)))
        _pass(answer.filter_responses[0][0], str(rule))


def _as_sent(rule: Rule) -> tuple[Any, ...]:
    kind, pattern = _code(_KINDS, rule.kind), _code(_PATTERNS, rule.pattern)
    operation, permission = _code(_OPERATIONS, rule.operation), _code(_PERMISSIONS, rule.permission)
    return kind, rule.name, pattern, rule.principal, rule.host, operation, permission


def _code(words: dict[int, str], word: str) -> int:
    return next((code for code, known in words.items() if known == word), None) or int(word)


def _pass(code: int, about: str) -> None:
    if code:
        raise for_code(code)(about)


async def _settle(admin: AIOKafkaAdminClient, settings: Settings, wanted: Wanted) -> None:
    """Wait until the brokers show what was done: some hear of it a moment later."""
    async with asyncio.timeout(SETTLED_WITHIN_S):  # its TimeoutError is an OSError
        while compare(wanted, await _look(admin, settings, wanted)).steps:  # noqa: ASYNC110  brokers call nobody
            await asyncio.sleep(0.2)


# Settings one by one, which aiokafka does not have: its AlterConfigs takes away whatever else is set on a topic.
class _SetResponse(Response):  # type: ignore[misc]
    API_KEY = 44
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "resources",
            Array(
                ("error_code", Int16),
                ("error_message", String("utf-8")),
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
            ),
        ),
    )


class _SetStruct(RequestStruct):  # type: ignore[misc]
    API_KEY = 44
    API_VERSION = 0
    RESPONSE_TYPE = _SetResponse
    SCHEMA = Schema(
        (
            "resources",
            Array(
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
                (
                    "configs",
                    Array(("name", String("utf-8")), ("operation", Int8), ("value", String("utf-8"))),
                ),
            ),
        ),
        ("validate_only", Boolean),
    )


class _Set(Request[_SetStruct]):  # type: ignore[misc]
    """IncrementalAlterConfigs of topics."""

    API_KEY = 44

    def __init__(self, settings: dict[str, dict[str, str]]) -> None:
        self._settings = settings

    def build(self, request_struct_class: type[_SetStruct]) -> _SetStruct:
        resources = [
            (ConfigResourceType.TOPIC, topic, [(key, _SET, value) for key, value in told.items()])
            for topic, told in self._settings.items()
        ]
        return request_struct_class(resources, False)
