"""What changes reports, and what they are made from."""
