"""Desk pages of the room law."""
