"""Reviews of a pair: after the first meeting, in the middle, before the end; what follows from them; last words."""
