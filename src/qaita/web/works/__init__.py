"""Desk pages of the room works."""
