"""What one person writes about a mentoring session, as narrowly read as they say."""
