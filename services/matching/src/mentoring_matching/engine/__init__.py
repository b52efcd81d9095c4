"""The matching engine: pure functions from people and a policy to certified pairs and their explanations."""

from .certificate import Certificate, certify
from .people import Mentee, Mentor, ranked, working_hours
from .policy import Criterion, Policy, PolicyError, Rule
from .run import InputError, Pair, Run, Situation, Totals, prepare, solve
from .text import CharacterEmbedder, Embedder, WordLlamaEmbedder, default_embedder

__all__ = [
    "Certificate",
    "CharacterEmbedder",
    "Criterion",
    "Embedder",
    "InputError",
    "Mentee",
    "Mentor",
    "Pair",
    "Policy",
    "PolicyError",
    "Rule",
    "Run",
    "Situation",
    "Totals",
    "WordLlamaEmbedder",
    "certify",
    "default_embedder",
    "prepare",
    "ranked",
    "solve",
    "working_hours",
]
