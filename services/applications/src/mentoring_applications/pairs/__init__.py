"""What became of pairs: for the HR system of an employer whose people are in them.

The pattern of all that employers are told of their people: another service announces it, this one, which alone knows
who is whose, notes it and answers.
"""
