"""The matching engine: pure functions from people and a policy to certified pairs and their explanations."""

from .alternatives import prices_without
from .certificate import Certificate, certify
from .choices import Choice, capped, choices, choices_of_mentor, evenly
from .compare import Change, Comparison, DryRun, RuleEffect, compare, dry_run, first_come_pairs, score_of, stable_pairs
from .explain import (
    FloorPoint,
    Gain,
    Price,
    WhyNobody,
    WhyNot,
    blocking_pairs,
    floor_curve,
    price_of,
    price_text,
    rules_broken,
    why_nobody,
    why_not,
)
from .mutual import NAME as MUTUAL
from .people import MOST_MENTORS, Mentee, Mentor, ranked, working_hours
from .policy import Criterion, Limit, Policy, PolicyError, Rule
from .recruit import recruitment, recruitment_known
from .rematch import Rematch, rematch
from .rules import AGAIN as TOGETHER
from .run import InputError, Pair, Run, Situation, Totals, prepare, solve
from .text import CharacterEmbedder, Embedder, WordLlamaEmbedder, default_embedder
from .whatif import PinCost, Remembering, floor_points, pin_costs, solve_again

__all__ = [
    "MOST_MENTORS",
    "MUTUAL",
    "TOGETHER",
    "Certificate",
    "Change",
    "CharacterEmbedder",
    "Choice",
    "Comparison",
    "Criterion",
    "DryRun",
    "Embedder",
    "FloorPoint",
    "Gain",
    "InputError",
    "Limit",
    "Mentee",
    "Mentor",
    "Pair",
    "PinCost",
    "Policy",
    "PolicyError",
    "Price",
    "Rematch",
    "Remembering",
    "Rule",
    "RuleEffect",
    "Run",
    "Situation",
    "Totals",
    "WhyNobody",
    "WhyNot",
    "WordLlamaEmbedder",
    "blocking_pairs",
    "capped",
    "certify",
    "choices",
    "choices_of_mentor",
    "compare",
    "default_embedder",
    "dry_run",
    "evenly",
    "first_come_pairs",
    "floor_curve",
    "floor_points",
    "pin_costs",
    "prepare",
    "price_of",
    "price_text",
    "prices_without",
    "ranked",
    "recruitment",
    "recruitment_known",
    "rematch",
    "rules_broken",
    "score_of",
    "solve",
    "solve_again",
    "stable_pairs",
    "why_nobody",
    "why_not",
    "working_hours",
]
