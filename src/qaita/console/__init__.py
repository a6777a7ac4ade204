"""Doors: commands."""
