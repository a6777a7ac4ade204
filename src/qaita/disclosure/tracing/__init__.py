"""One section of network through the whole chain, both ways: what a trace is made of.

`parts` holds the words (Step, Figure, Page), one module per stretch of the chain holds the steps,
`story` puts them together.
"""

from qaita.disclosure.tracing.parts import Figure, LedgerMark, Page, Step, Trace
from qaita.disclosure.tracing.story import trace_of

__all__ = ["Figure", "LedgerMark", "Page", "Step", "Trace", "trace_of"]
