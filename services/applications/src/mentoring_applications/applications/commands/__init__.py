"""What is done: applications."""
