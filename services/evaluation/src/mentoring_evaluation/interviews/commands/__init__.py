"""What changes interviews and case studies."""
