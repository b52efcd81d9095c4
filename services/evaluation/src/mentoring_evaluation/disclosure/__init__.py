"""Disclosure control of survey results that leave the programme team, and the floor under what anybody reads at all.

What is published is counts by breakdowns that were fixed before the survey opened, from one frozen snapshot:

1. A group is shown only if it, and whoever is left over when it is taken from a broader group, are at least `minimum`.
2. Counts below `minimum` are hidden (`*`); what is hidden in a line adds to at least `minimum` too, so that taking the
   shown ones from their total never leaves fewer (secondary suppression).
3. Everything else is rounded to `base`; totals are rounded from their true values, never added up from rounded ones.
4. An audit then looks, for every count, for a twin: other answers of people that would be published in exactly the same
   way and in which this count differs. Where there is none, more is hidden until there is one. So no reasoning over
   what is published, however clever, ends in a single value.

The method of 4 is the feasibility audit of Hundepool et al., Statistical Disclosure Control (2012), chapter 4, by local
moves: it may hide more than needed, never less.

`rule` is the policy and the breakdowns, `table` applies it, `twins` is the audit, `floor` says of how few people
nothing is shown to anybody. All of it is pure.
"""
