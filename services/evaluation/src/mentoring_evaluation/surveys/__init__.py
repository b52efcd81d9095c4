"""Surveys, the waves that ask them, and what people answered.

A wave opens and closes by deadline rows on the injected clock and one conditional UPDATE each: exactly once, on however
many replicas. Asked are both people of every pair that stands at the opening, each person once. A wave keeps the
version of the survey it opened with; a closed wave is frozen, before that it may be extended with a reason. An answer
after `closes_at` is refused even where nobody has closed the wave yet. Several waves of one survey in one cohort differ
in their `occasion`.

After a meeting or an activity (`occasions`) the wave asks two people or a few, so it exists for invitations only: its
answers lie in a wave of the cohort that gathers them, under the day that one opened, and nothing says which meeting
they are about.

Anonymous by construction: a token is base64url(HMAC-SHA256(key of the wave, wave | person)); `invitations` keep its
digest and whether it was used; `responses` hold wave, role, cohort, day, answers and a random id; free texts lie apart,
sealed under the wave. The mark on the invitation and the answer are one transaction, so closing a wave writes both anew
in random order: transaction numbers and places on disk lead nowhere. While a wave runs, whoever reads the raw database
files or the write-ahead log could still see which rows one transaction wrote.

What people said is read in `queries_answers` alone, where every SELECT passes the floor. Named and paired surveys exist
only where the blueprint declares them, and say so above the questions; answers of a paired one nobody reads.
"""
