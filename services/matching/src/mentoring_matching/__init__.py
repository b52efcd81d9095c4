"""Who meets whom: pools, policies, runs, offers, confirmation, rematching."""
