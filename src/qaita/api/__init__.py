"""Doors: the HTTP interface, Open311 and the change feed."""
