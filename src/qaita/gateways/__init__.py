"""Outer systems: real, fake and one contract test."""
