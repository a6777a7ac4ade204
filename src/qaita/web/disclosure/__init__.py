"""Desk pages of the room disclosure."""
