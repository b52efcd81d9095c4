"""What becomes of relationships; commands never commit."""
