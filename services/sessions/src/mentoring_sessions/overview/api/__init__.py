"""The REST API of what several capabilities show together."""
