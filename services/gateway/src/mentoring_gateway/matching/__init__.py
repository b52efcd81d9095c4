"""Pools, runs, matches, buddies and groups."""
