"""What is done: applying."""
