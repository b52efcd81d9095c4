"""Interviews, which belong to the person who gave them, and the case studies that two of them make.

One interview for each person of a pair that stands or ran its course. Summary and quotes are sealed under the person,
who amends, approves or withdraws. Two approved ones make a case study, sealed under itself and approved by both. Nobody
consents to, amends, approves or withdraws anything for somebody else. Taking it back is a use case of `withdrawals`,
since it reaches into reports.
"""
