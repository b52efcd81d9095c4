"""Assessors of applications: asked, in conflict, scoring blind of each other, moderated. `scoring` is pure."""
