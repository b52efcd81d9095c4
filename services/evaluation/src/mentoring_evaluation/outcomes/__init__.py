"""Staged evaluation models, their indicators, and what can be said of outcomes."""
