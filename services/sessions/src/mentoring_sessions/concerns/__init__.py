"""What somebody tells the programme team in confidence."""
