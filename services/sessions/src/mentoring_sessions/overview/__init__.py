"""What is shown of several capabilities at once: relationships with their agreements, a person's home and calendar."""
