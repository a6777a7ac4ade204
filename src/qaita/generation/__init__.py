"""Generating units and their stages."""
