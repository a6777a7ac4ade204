"""A file that is too large for memory is written piece by piece, with its compressed twins."""

import gzip
import hashlib
from datetime import date

import brotli

from qaita.disclosure.contracting.parts import Place
from qaita.disclosure.publishing.editions import Site, _Writer


def test_a_file_in_pieces_is_the_same_in_all_three_forms(tmp_path):
    site = Site(tmp_path, lambda *_told: b"", Place("http://localhost"), "")
    writer = _Writer(site, tmp_path, None, date(2026, 11, 23))
    pieces = [f"row {number}\n".encode() * 1000 for number in range(50)]
    note = writer.pour("data/rows.csv", iter(pieces))
    whole = b"".join(pieces)
    held = tmp_path / "data"
    assert (held / "rows.csv").read_bytes() == whole
    assert gzip.decompress((held / "rows.csv.gz").read_bytes()) == whole
    assert brotli.decompress((held / "rows.csv.br").read_bytes()) == whole
    assert note == {"bytes": len(whole), "sha256": hashlib.sha256(whole).hexdigest()}
    again = _Writer(site, tmp_path / "again", None, date(2026, 11, 23))
    again.pour("data/rows.csv", iter(pieces))
    for name in ("rows.csv.gz", "rows.csv.br"):
        assert (held / name).read_bytes() == (tmp_path / "again/data" / name).read_bytes()
