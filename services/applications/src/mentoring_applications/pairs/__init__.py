"""What became of pairs: for the HR system of an employer whose people are in them."""
