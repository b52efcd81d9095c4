"""What is done: decisions."""
