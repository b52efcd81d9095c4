"""What the matching service does; commands never commit."""
