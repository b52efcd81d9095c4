"""Themes and recommendations."""
