"""Sections, nodes, equipment, condition and failures."""
