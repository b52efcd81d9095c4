"""The mentoring command, and every service in one process."""
