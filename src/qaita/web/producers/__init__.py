"""Desk pages of the room producers."""
