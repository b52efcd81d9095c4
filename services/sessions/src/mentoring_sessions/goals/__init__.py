"""Goals, and the actions towards them."""
