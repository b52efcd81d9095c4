"""Figures counted from records each time, with what they were counted from; the two views; frozen backgrounds.

`queries` reads the evidence once, `programme_figures` and `survey_figures` count it, `figure` is one figure with its
numerator, who was asked and who answered. Rounding is half-up, once. Asked is who was shown the question: of one that
depends on an earlier answer, those who gave that answer. Overall lines come both ways: `pooled` (one decimal more, so
that the two can be told apart) and `mean_of_cohorts` (of the exact shares, with its components). Backgrounds are the
applications service's (`statistics`), called with no transaction open. Every exact figure can be counted again from its
counts by answer (`recompute`). `full_answers` are all answers to a question, with the mean of a scale; `same_people` is
how people changed who answered two named surveys.

`views` gives the programme team's exact view, or the public one: survey figures and backgrounds under `disclosure`. A
survey is shown once all its waves have closed: shown twice, the difference would be the wave in between. Backgrounds,
of people who come and go, are shown from a frozen table (`backgrounds`), taken when a survey closes and when a report
is built: a number stays until it has changed by a whole group.
"""
