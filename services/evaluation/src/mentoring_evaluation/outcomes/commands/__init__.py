"""What changes evaluation models, indicators and HR outcomes."""
