"""The evidence pack for the six standards of mentoring programmes: scored from records, with its gaps.

People judge, records count; what is not known is a gap or a plain sentence, never assumed.
"""
