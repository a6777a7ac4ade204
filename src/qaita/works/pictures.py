"""Pictures from the site: real decoding, time and place, a public copy, marks of likeness."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from scipy import fft

from qaita.kernel.clock import KAZAKHSTAN
from qaita.kernel.errors import Wrong

MOST_BYTES = 15_000_000
MOST_PIXELS = 64_000_000
LEAST_SIDE = 64
PUBLIC_SIDE = 1_600
PUBLIC_QUALITY = 84
# Bits of 64 in which marks of one picture may differ after cropping and re-encoding; two
# unrelated pictures come this close about once in ten million pairs.
LIKENESS_BITS = 10
# Cuts hashed beside the whole (left, top, right, bottom), so that a cropped copy is still known.
CUTS = (
    (0.0, 0.0, 1.0, 1.0),
    (0.05, 0.05, 0.95, 0.95),
    (0.1, 0.1, 0.9, 0.9),
    (0.15, 0.0, 1.0, 1.0),
    (0.0, 0.15, 1.0, 1.0),
    (0.0, 0.0, 0.85, 1.0),
    (0.0, 0.0, 1.0, 0.85),
)
SAMPLE = 32
KEPT = 8


@dataclass(frozen=True)
class Picture:
    """What a picture tells of itself, and its copy for the public without metadata."""

    sha256: str
    size_bytes: int
    width: int
    height: int
    taken_at: datetime | None
    lon_deg: float | None
    lat_deg: float | None
    marks: str
    public: bytes
    public_sha256: str


def read_picture(data: bytes) -> Picture:
    """Decode a JPEG or PNG whole, or raise Wrong with what is the matter."""
    if len(data) > MOST_BYTES:
        raise Wrong({"picture": [_("The picture is larger than 15 MB.")]})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
            if image.width * image.height > MOST_PIXELS:
                raise Wrong({"picture": [_("The picture has too many points.")]})
            exif = image.getexif()
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Wrong({"picture": [_("The picture has too many points.")]}) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Wrong({"picture": [_("The file is not a whole JPEG or PNG picture.")]}) from None
    if min(upright.size) < LEAST_SIDE:
        raise Wrong({"picture": [_("The picture is too small to show anything.")]})
    place = _place(exif)
    public = _public_copy(upright)
    return Picture(
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        width=upright.width,
        height=upright.height,
        taken_at=_taken_at(exif),
        lon_deg=place[0] if place else None,
        lat_deg=place[1] if place else None,
        marks=marks_of(upright),
        public=public,
        public_sha256=hashlib.sha256(public).hexdigest(),
    )


def _public_copy(image: Image.Image) -> bytes:
    copy = image.copy()
    copy.thumbnail((PUBLIC_SIDE, PUBLIC_SIDE))
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=PUBLIC_QUALITY, optimize=True)
    return out.getvalue()


def _taken_at(exif: Image.Exif) -> datetime | None:
    details = exif.get_ifd(ExifTags.IFD.Exif)
    text = str(details.get(ExifTags.Base.DateTimeOriginal) or "").strip("\x00 ")
    offset = str(details.get(ExifTags.Base.OffsetTimeOriginal) or "").strip("\x00 ")
    try:
        if offset:
            return datetime.strptime(f"{text}{offset}", "%Y:%m:%d %H:%M:%S%z")
        # A camera without an offset shows the wall clock of the place.
        return datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=KAZAKHSTAN)
    except ValueError:
        return None


def _place(exif: Image.Exif) -> tuple[float, float] | None:
    found = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lat = _angle(found[ExifTags.GPS.GPSLatitude], found[ExifTags.GPS.GPSLatitudeRef], "S")
        lon = _angle(found[ExifTags.GPS.GPSLongitude], found[ExifTags.GPS.GPSLongitudeRef], "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def _angle(parts: Any, side: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not np.isfinite(value):
        raise ValueError("angle")
    return -value if str(side).strip("\x00").upper() == negative else value


def marks_of(image: Image.Image) -> str:
    """Return the perceptual hashes of the picture and of its cuts: 64 bits each, in hex.

    Each is the sign of the lowest cosine-transform coefficients of the grey picture against
    their median (the pHash construction), which survives scaling and re-encoding.
    """
    grey = image.convert("L")
    grey.thumbnail((512, 512))
    width, height = grey.size
    hashes = []
    for left, top, right, bottom in CUTS:
        box = (left * width, top * height, right * width, bottom * height)
        small = grey.resize((SAMPLE, SAMPLE), Image.Resampling.LANCZOS, box=box)
        spectrum = fft.dctn(np.asarray(small, dtype=np.float64), norm="ortho")[:KEPT, :KEPT]
        bits = (spectrum > np.median(spectrum.ravel()[1:])).ravel()
        hashes.append(np.packbits(bits).tobytes().hex())
    return " ".join(hashes)


def bits_apart(marks: str, others: list[str]) -> NDArray[np.int64]:
    """Return for each other picture in how many bits it differs: whole against whole and cuts."""
    mine = _numbers(marks)
    theirs = np.array([_numbers(other) for other in others], dtype=np.uint64)
    if not len(theirs):
        return np.zeros(0, dtype=np.int64)
    against_cuts = np.bitwise_count(theirs ^ mine[0]).min(axis=1)
    cuts_against = np.bitwise_count(theirs[:, :1] ^ mine).min(axis=1)
    return np.asarray(np.minimum(against_cuts, cuts_against), dtype=np.int64)


def _numbers(marks: str) -> NDArray[np.uint64]:
    return np.array([int(part, 16) for part in marks.split()], dtype=np.uint64)
