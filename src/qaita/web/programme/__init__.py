"""Desk pages of the room programme."""
