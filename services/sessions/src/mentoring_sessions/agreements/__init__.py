"""What the members of a relationship agree on and sign."""
