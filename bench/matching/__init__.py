"""The matching engine against its peers."""
