"""The linter of published figures: what a mentoring report says that its own numbers cannot bear out."""

from mentoring_evaluation.lint.counts import possible_counts

__all__ = ["possible_counts"]
