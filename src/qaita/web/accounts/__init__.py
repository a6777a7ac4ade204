"""Desk pages of the room accounts."""
