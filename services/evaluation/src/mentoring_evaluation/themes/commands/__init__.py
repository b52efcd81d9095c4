"""What changes goals, themes, codings and recommendations."""
