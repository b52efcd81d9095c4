"""How people come to be known: registered, invited, changed, given roles; and who sees what of whom.

A team sees who takes part in its programmes, and of those whom it invited what it wrote itself, until they apply.
"""
