"""The own time of a pair: pauses, its end, reminders, phases."""
