"""Notifications and what is sent by e-mail."""
