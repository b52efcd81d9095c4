"""What a pair keeps: agreement, goals, mentoring sessions, check-ins, activities."""
