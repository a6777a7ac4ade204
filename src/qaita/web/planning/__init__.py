"""Desk pages of the room planning."""
