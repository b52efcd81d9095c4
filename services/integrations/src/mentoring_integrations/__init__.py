"""How other systems and people hear of it: imports, notifications."""
