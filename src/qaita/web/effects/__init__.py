"""Desk pages of the room effects."""
