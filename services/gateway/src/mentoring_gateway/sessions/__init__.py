"""Relationships, meetings, goals, concerns, activities."""
