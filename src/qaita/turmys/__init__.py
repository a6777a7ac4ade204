"""Meters, readings, incidents and outages."""
