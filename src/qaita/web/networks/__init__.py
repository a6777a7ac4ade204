"""Desk pages of the room networks."""
