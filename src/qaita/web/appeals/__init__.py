"""Desk pages of the room appeals."""
