"""What the public may ask across rooms."""

from qaita.disclosure.tracing import Figure, LedgerMark, Page, Step, Trace, trace_of

__all__ = ["Figure", "LedgerMark", "Page", "Step", "Trace", "trace_of"]
