"""How each says that it goes."""
