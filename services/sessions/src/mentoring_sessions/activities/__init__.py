"""Orientation, CPD and others, with places and attendance."""
