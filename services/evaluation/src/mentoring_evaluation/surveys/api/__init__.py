"""The routes of surveys: waves and their answers, surveys themselves, and what a token opens."""
