"""Staged evaluation models, their indicators, and what can be said of outcomes.

An indicator is measured by a figure of the programme (`by_figure`) or by values that the team records. HR outcomes are
totals, compared without ever saying "because". A wrong value is withdrawn with a reason and stays to be seen.
"""
