"""What people said is taken back, out of everything made of it: the one use case above interviews and reports.

A withdrawal deletes the texts (of an interview also the pair's case study), takes them out of every report and cuts
their words out of its text; published reports get one new edition with a note. `CaseStudyWithdrawn` is announced for
itself: whoever republished a case study knows nothing of the interviews behind it.
"""
