"""Mentoring sessions: recorded once, corrected and withdrawn with a trace."""
