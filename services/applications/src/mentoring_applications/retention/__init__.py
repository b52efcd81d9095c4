"""What is kept how long: erasure of people, the end that privacy notices promise, and the totals that stay.

It stands above what it erases. `equality` makes totals in which nobody can be found and is pure.
"""
