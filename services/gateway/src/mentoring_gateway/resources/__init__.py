"""The library of a programme."""
