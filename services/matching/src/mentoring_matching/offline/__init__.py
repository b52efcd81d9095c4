"""Matching a spreadsheet of mentors and mentees, with no server."""

from mentoring_matching.offline.command import match_command

__all__ = ["match_command"]
