"""Refusals of jobs."""

from qaita.kernel.errors import QaitaError


class Cancelled(QaitaError):
    """Somebody cancelled the job; the worker stops where it may resume."""
