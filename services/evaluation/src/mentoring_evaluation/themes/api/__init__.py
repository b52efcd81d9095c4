"""The routes of goals, themes, codings and recommendations."""
