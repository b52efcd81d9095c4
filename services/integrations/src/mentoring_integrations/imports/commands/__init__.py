"""What is done with imports: they are begun, carried through, taken up again and ended."""
