"""What changes surveys, waves and answers."""
