"""Interviews and case studies."""
