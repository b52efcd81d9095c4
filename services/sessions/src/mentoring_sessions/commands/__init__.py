"""What the sessions service does; commands never commit."""
