"""Pairs and groups: who is in them, when they begin and end, what a caller is to them; and their programmes."""
