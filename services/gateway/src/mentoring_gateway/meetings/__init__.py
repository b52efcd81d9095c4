"""Meetings that were held, their corrections and notes."""
