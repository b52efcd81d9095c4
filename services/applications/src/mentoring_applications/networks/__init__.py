"""Networks above organisations: members by consent, and the methodology that their office shares.

An office is an organisation like any other. What it and a member know of each other is a row in each one's tenant, and
a blueprint that is published is handed over: a copy in each member's tenant. Nothing is read across tenants but whether
an organisation is there; `commands/crossing` is the one place that acts in another's (docs/decisions/0019).
"""
