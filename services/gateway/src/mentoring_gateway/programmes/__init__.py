"""Programmes, their cohorts, and what came of them."""
