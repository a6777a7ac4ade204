"""Giving networks back as files."""
