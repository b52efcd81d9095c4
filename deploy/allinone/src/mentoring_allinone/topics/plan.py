"""What differs between a cluster and what the services need: pure, so that a plan and its doing are of one mind."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from mentoring_common.broker import KEPT_FOR_EVER

IN_SYNC = "min.insync.replicas"


@dataclass(frozen=True, order=True)
class Rule:
    """One operation that a principal is allowed, or refused, on what has a name."""

    principal: str
    operation: str
    kind: str
    name: str
    pattern: str = "literal"
    host: str = "*"
    permission: str = "allow"

    def __str__(self) -> str:
        unusual = [
            said
            for said, is_unusual in (
                (self.pattern, self.pattern != "literal"),
                (f"from {self.host}", self.host != "*"),
                ("refused", self.permission != "allow"),
            )
            if is_unusual
        ]
        said = f"{self.principal} {self.operation} {self.kind} {self.name}"
        return f"{said} ({', '.join(unusual)})" if unusual else said


@dataclass(frozen=True)
class Topic:
    """A topic as it is: its partitions, the copies that each of them has at least, and what is set."""

    partitions: int
    copies: int
    settings: Mapping[str, str]
    used: bool = False  # whether there was ever an event on it; asked where it has too few partitions


@dataclass(frozen=True)
class Cluster:
    """What is there; `rules` are those of our principals, None on brokers that ask nobody who they are."""

    topics: Mapping[str, Topic]
    rules: Set[Rule] | None


@dataclass(frozen=True)
class Wanted:
    """What the services need."""

    topics: Sequence[str]
    partitions: int
    copies: int
    rules: Set[Rule]

    @property
    def principals(self) -> list[str]:
        """Whose rules are ours to say."""
        return sorted({rule.principal for rule in self.rules})


@dataclass
class Plan:
    """What is to be done, and what is left to whoever runs the cluster."""

    make: list[str] = field(default_factory=list)
    settings: dict[str, dict[str, str]] = field(default_factory=dict)  # what is to be set, by topic
    partitions: list[str] = field(default_factory=list)
    allow: list[Rule] = field(default_factory=list)
    withdraw: list[Rule] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)

    @property
    def steps(self) -> list[str]:
        """A line for each thing to do."""
        rules = [f"allow     {rule}" for rule in self.allow] + [f"withdraw  {rule}" for rule in self.withdraw]
        return self._said + rules


def compare(wanted: Wanted, found: Cluster) -> Plan:
    """What `found` lacks of what is `wanted`, or has too much."""
    plan = Plan()
    for name in wanted.topics:
        topic = found.topics.get(name)
        if topic is None:
            plan.make.append(name)
            plan._said.append(f"make      {name}: {wanted.partitions} partitions, copies {wanted.copies}")
        else:
            _compare_topic(plan, wanted, name, topic)
    if found.rules is None:
        plan.left.append("the brokers have no authorizer: anybody who reaches them may do anything")
    else:
        plan.allow, plan.withdraw = sorted(wanted.rules - found.rules), sorted(found.rules - wanted.rules)
    return plan


def _compare_topic(plan: Plan, wanted: Wanted, name: str, topic: Topic) -> None:
    settings = dict(_settings(topic, wanted.copies))
    if settings:
        plan.settings[name] = settings
        plan._said += [f"set       {name} {key}={value} (is {topic.settings[key]})" for key, value in settings.items()]
    if topic.copies < wanted.copies:
        plan.left.append(f"{name} has {topic.copies} of {wanted.copies} copies: kafka-reassign-partitions.sh adds some")
    if topic.partitions < wanted.partitions and topic.used:
        few = f"{name} has {topic.partitions} of {wanted.partitions} partitions"
        plan.left.append(f"{few}, and events: more would bring those of one aggregate out of order")
    elif topic.partitions < wanted.partitions:
        plan.partitions.append(name)
        plan._said.append(f"extend    {name} to {wanted.partitions} partitions (has {topic.partitions}, no event)")


def _settings(topic: Topic, copies: int) -> Iterator[tuple[str, str]]:
    for key, value in KEPT_FOR_EVER.items():
        if topic.settings[key] != value:
            yield key, value
    # Of the copies that it has, one may be away. More is whoever runs the cluster's own wish, until nothing can be
    # written any more.
    least = max(1, min(topic.copies, copies) - 1)
    if not least <= int(topic.settings[IN_SYNC]) <= topic.copies:
        yield IN_SYNC, str(least)
