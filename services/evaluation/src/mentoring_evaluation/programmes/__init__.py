"""The programme, and our own copies of what other services announced of it: cohorts, applications, pairs, meetings.

Copies come in any order between aggregates, so none refers to another. `access` is who may what, for all routes.
"""
