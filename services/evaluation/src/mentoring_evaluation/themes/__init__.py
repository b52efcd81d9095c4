"""What people said, put in order by people: similar texts are suggested, themes are ranked by a stated rule."""
