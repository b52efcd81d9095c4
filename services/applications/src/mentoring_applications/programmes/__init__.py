"""Programmes, their rounds and who acts for them, as everybody else here reads them.

A programme is data: `blueprint` reads the file that it was made from, `wording` says it in a reader's language. Making
and amending programmes and planning rounds is `planning`, since it reaches into applications.
"""
