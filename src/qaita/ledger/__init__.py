"""Append-only history; the only mover of states."""
