"""Desk pages of the room ledger."""
