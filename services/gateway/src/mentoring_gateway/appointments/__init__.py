"""Appointments, and calendars."""
