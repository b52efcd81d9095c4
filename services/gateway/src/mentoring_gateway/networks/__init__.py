"""Networks above organisations: members, the methodology that they share, and totals."""
