"""Surveys, waves and answers."""
