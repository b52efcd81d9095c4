"""What is done: people."""
