"""Formats of dates and numbers that Django lacks for Kazakh."""
