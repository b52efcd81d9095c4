"""The REST API of directory."""
