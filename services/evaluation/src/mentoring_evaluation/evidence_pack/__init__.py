"""The evidence pack for the six standards of mentoring programmes: scored from records, with its gaps."""
