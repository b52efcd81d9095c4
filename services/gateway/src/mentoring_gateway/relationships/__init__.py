"""Relationships, their agreements, and what a person starts from."""
