"""People and applications from the files of spreadsheets and HR systems."""
