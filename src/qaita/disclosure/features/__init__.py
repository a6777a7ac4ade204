"""Places as collections of features: what OGC API – Features gives out, page by page."""

from qaita.disclosure.features.asked import Box, Page, Question, Span
from qaita.disclosure.features.collections import COLLECTIONS, Collection, extent_deg

__all__ = ["COLLECTIONS", "Box", "Collection", "Page", "Question", "Span", "extent_deg"]
