"""Habits that somebody commits to for some weeks, and how they keep them: theirs alone."""
