"""Notes that nobody else may read, opened by two people together where somebody may come to harm."""
