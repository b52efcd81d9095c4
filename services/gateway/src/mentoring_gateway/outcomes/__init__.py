"""Evaluation models, outcomes, standards."""
