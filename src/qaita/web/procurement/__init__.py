"""Desk pages of the room procurement."""
