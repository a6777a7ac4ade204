"""Pictures made up for tests: ground, trench, pipe and rubble, different for each number."""

import io
from functools import lru_cache

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageFilter


def scene(number: int) -> Image.Image:
    """Return a made-up picture of a trench."""
    return _drawn(number).copy()


@lru_cache(maxsize=80)
def _drawn(number: int) -> Image.Image:
    rng = np.random.default_rng(1_000 + number)
    rough = rng.normal(120, 45, (12, 16))
    ground = Image.fromarray(np.clip(rough, 0, 255).astype(np.uint8)).resize(
        (640, 480), Image.Resampling.BICUBIC
    )
    image = ground.convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = rng.uniform(0, 640), rng.uniform(0, 480)
        w, h = rng.uniform(20, 200), rng.uniform(20, 140)
        shade = tuple(int(v) for v in rng.integers(0, 255, 3))
        draw.rectangle((x, y, x + w, y + h), fill=shade)
    start, end = rng.uniform(0, 640, 2), rng.uniform(0, 480, 2)
    draw.line([*zip(start, end, strict=True)], fill=(20, 20, 20), width=40)
    noise = rng.normal(0, 12, (480, 640, 3))
    blurred = np.asarray(image.filter(ImageFilter.GaussianBlur(1)), dtype=np.float64)
    return Image.fromarray(np.clip(blurred + noise, 0, 255).astype(np.uint8))


def jpeg(
    image: Image.Image,
    *,
    lon_deg: float | None = None,
    lat_deg: float | None = None,
    taken: str = "",
) -> bytes:
    """Return the picture as a telephone writes it, with place and time."""
    exif = Image.Exif()
    if taken:
        details = exif.get_ifd(ExifTags.IFD.Exif)
        details[ExifTags.Base.DateTimeOriginal] = taken
    if lon_deg is not None and lat_deg is not None:
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLatitudeRef] = "N"
        place[ExifTags.GPS.GPSLatitude] = _parts(lat_deg)
        place[ExifTags.GPS.GPSLongitudeRef] = "E"
        place[ExifTags.GPS.GPSLongitude] = _parts(lon_deg)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def _parts(angle: float) -> tuple[float, float, float]:
    degrees = int(angle)
    minutes = int((angle - degrees) * 60)
    return (degrees, minutes, round((angle - degrees - minutes / 60) * 3600, 4))
