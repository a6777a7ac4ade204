"""Desk pages of the room funding."""
