"""The routes of interviews and case studies."""
