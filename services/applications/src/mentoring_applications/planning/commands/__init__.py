"""What is done: planning."""
