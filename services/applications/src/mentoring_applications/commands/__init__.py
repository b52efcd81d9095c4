"""What the applications service does, by noun; commands never commit."""
