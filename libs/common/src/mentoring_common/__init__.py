"""Mechanisms every service stands on; no word of mentoring in it."""
