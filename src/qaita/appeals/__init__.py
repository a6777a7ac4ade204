"""Calls, complaints, their legal clocks and answers."""
