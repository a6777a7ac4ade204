"""Desk pages of the room turmys."""
