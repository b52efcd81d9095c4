"""What the evaluation service does; commands never commit."""
