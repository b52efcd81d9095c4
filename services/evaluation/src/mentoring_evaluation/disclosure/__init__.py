"""Disclosure control of survey results that leave the programme team, and the floor under what anybody reads at all.

What is published of a count is a band: that it is one of several neighbouring numbers (`bands`). Nothing else is: a
rounded number is the middle of its band, a share is made of two bands, a total of several groups is the sum of theirs.

1. The people of a wave stand in groups that follow from how many were asked alone. Small cohorts are taken together.
2. A group has one grid: bands of at least five numbers, from none to as many as were asked, that do not overlap. All
   that is counted in the group is put on this grid: responses, answers to any question, what was answered.
3. What is sensitive, which is everything that the survey does not call ordinary, is shown only if its band, and that of
   those left over, begin at `minimum` or above.
4. What is known of counts beyond that is checked, and the question hidden if a count had fewer than five numbers left:
   options of which everybody chose one or more, parts of a total that is published exactly. Where cohorts that are
   taken together were not asked the same, questions are told whose cohorts lie within one another, most asked first.

Why that is enough for all tables together: between two counts of a group nothing is known but that one is no larger
than the other (who gave an answer has answered, who answered has responded, who responded was asked). Two bands of one
grid are the same or lie apart, so that says nothing new of either: take all counts at the low ends of their bands, and
no order is broken; all at the high ends; or one of them and all below it low and the others high. So every count has
its whole band left, and so has every difference of two of them: five numbers at least. Groups share nobody. What is
shown is worked out from the bands and from who was asked, so what is hidden, merged or put as "at least" tells no more.

All answers to a question are published as counts that are counted up from one end of its scale (`figures/protected`):
how many gave the first, one of the first two, and so on. Each is no larger than the next and the counted answers are
one of them, so nothing but order is known of them either. An answer for itself is the difference of two.

`rule` is the policy, `bands` applies it, `floor` says of how few people nothing is shown to anybody. All of it is pure.
"""
