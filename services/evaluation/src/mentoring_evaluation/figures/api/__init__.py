"""The routes of figures: all of them, the evidence behind one, one against another."""
