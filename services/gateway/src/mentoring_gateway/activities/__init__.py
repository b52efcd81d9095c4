"""Activities, places and attendance."""
