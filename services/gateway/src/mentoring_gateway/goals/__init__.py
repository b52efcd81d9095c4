"""Goals, the steps towards them, the plan."""
