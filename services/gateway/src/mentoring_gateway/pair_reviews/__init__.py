"""Reviews of a pair, what follows from them, and last words."""
