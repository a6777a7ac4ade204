"""Doors: pages for people, public portal and desk."""
