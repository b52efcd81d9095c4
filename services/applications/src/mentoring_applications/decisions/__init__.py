"""Decisions of a programme's team: made one by one or in bulk, kept back, told, undone while nobody was told."""
