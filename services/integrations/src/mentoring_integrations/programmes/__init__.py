"""What programmes and cohorts are called, and who may what in them."""
