"""What people are told: by e-mail and in an inbox, once, as they prefer."""
