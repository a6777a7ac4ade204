"""Qaita: renewal of a nation's infrastructure networks, in the open, on one chain."""

__version__ = "0.1.0"
