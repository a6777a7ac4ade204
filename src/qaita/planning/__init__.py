"""Needs, packages, plan runs and overrides."""
