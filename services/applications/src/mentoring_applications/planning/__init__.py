"""Programmes made, amended and closed, and their rounds planned, changed and closed.

It stands above what follows from it: drafts, waiting lists and retention go by the dates and places of rounds.
"""
