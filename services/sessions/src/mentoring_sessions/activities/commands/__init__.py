"""What becomes of activities and of certificates; commands never commit."""
