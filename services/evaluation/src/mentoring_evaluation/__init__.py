"""What came of it: surveys, figures with their evidence, interviews, reports."""
