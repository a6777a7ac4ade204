"""Desk pages of the room generation."""
