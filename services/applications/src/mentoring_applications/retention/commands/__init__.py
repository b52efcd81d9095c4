"""What is done: retention."""
