"""Meetings that are planned: times are proposed and accepted, moved, cancelled; and the calendars that show them."""
