"""Pictures of works for the demonstration: drawn, and they say so."""

import io

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageFilter

SIZE = (480, 360)


def drawn_picture(seed: int, stage: str, place: tuple[float, float], taken: str) -> bytes:
    """Return a JPEG of a drawn trench with place and time, as a telephone writes them."""
    rng = np.random.default_rng(seed)
    ground = np.clip(rng.normal(118, 42, (9, 12)), 0, 255).astype(np.uint8)
    image = Image.fromarray(ground).resize(SIZE, Image.Resampling.BICUBIC).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(10):
        x, y = rng.uniform(0, SIZE[0]), rng.uniform(0, SIZE[1])
        w, h = rng.uniform(20, 160), rng.uniform(15, 110)
        shade = tuple(int(v) for v in rng.integers(40, 215, 3))
        draw.rectangle((x, y, x + w, y + h), fill=shade)
    start, end = rng.uniform(0, SIZE[0], 2), rng.uniform(0, SIZE[1], 2)
    draw.line([*zip(start, end, strict=True)], fill=(24, 34, 40), width=34)
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    ImageDraw.Draw(image).text((12, 12), f"DEMO · {stage}", fill=(255, 255, 255))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, exif=_exif(place, taken))
    return out.getvalue()


def _exif(place: tuple[float, float], taken: str) -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    told = exif.get_ifd(ExifTags.IFD.GPSInfo)
    told[ExifTags.GPS.GPSLongitudeRef] = "E"
    told[ExifTags.GPS.GPSLongitude] = _parts(place[0])
    told[ExifTags.GPS.GPSLatitudeRef] = "N"
    told[ExifTags.GPS.GPSLatitude] = _parts(place[1])
    return exif


def _parts(angle: float) -> tuple[float, float, float]:
    degrees = int(angle)
    minutes = int((angle - degrees) * 60)
    return (degrees, minutes, round((angle - degrees - minutes / 60) * 3600, 4))
