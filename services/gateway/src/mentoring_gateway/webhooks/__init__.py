"""Addresses that events are sent to."""
