"""Events that are sent to addresses of others, as in Standard Webhooks 1.0."""
