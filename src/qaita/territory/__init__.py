"""Regions, districts and settlements."""
