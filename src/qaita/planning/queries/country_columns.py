"""Columns of a plan's files as arrays, without making a word of every row."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
OFFSETS = {pa.string(): np.int32, pa.large_string(): np.int64}


def codes_of(column: pa.ChunkedArray) -> NDArray[np.bytes_]:
    """Return a column of codes: all are of one length, so their bytes are taken as they lie."""
    parts = [_codes(part) for part in column.chunks if len(part)]
    return np.concatenate(parts) if parts else np.zeros(0, "S16")


def _codes(part: pa.Array) -> NDArray[np.bytes_]:
    length = pc.min_max(pc.binary_length(part)).as_py()
    if part.null_count or length["min"] != length["max"] or part.type not in OFFSETS:
        return np.asarray(part.to_numpy(zero_copy_only=False).astype("S16"))
    _valid, offsets, data = part.buffers()
    first = int(np.frombuffer(offsets, OFFSETS[part.type])[part.offset])
    return np.frombuffer(data, f"S{length['min']}", len(part), first).astype("S16")


def words_of(column: pa.ChunkedArray) -> tuple[Ints, list[str]]:
    """Return a column of few words: for each row the place of its word, and the words.

    The last word is empty: that of rows without one.
    """
    told = column.dictionary_encode().unify_dictionaries().combine_chunks()
    if isinstance(told, pa.ChunkedArray):
        told = told.chunk(0) if told.num_chunks else pa.array([], pa.string()).dictionary_encode()
    words = [*told.dictionary.to_pylist(), ""]
    places = told.indices.cast(pa.int64()).fill_null(len(words) - 1)
    return places.to_numpy(zero_copy_only=False), words
