"""Fixtures of every test: real servers, a fresh tenant (see mentoring_common.testing)."""

pytest_plugins = ["mentoring_common.testing.plugin"]
