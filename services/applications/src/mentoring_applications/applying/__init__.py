"""How somebody applies: the form, drafts, files, what is known before they answer, and the submission itself.

`forms` checks answers against the blueprint and is pure. `commands/returning` says who has to wait before they apply
again.
"""
