"""Pictures: decoding, time and place, likeness."""

import io
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest
from PIL import Image

from qaita.kernel.errors import Wrong
from qaita.works.pictures import LIKENESS_BITS, bits_apart, marks_of, read_picture
from tests.works.scenes import jpeg, scene


def test_a_picture_tells_its_time_and_place():
    data = jpeg(scene(1), lon_deg=76.95, lat_deg=52.29, taken="2026:05:04 10:00:00")
    picture = read_picture(data)
    assert picture.lon_deg == pytest.approx(76.95, abs=1e-5)
    assert picture.lat_deg == pytest.approx(52.29, abs=1e-5)
    assert picture.taken_at == datetime(2026, 5, 4, 5, 0, tzinfo=UTC)


def test_the_public_copy_carries_no_metadata():
    picture = read_picture(jpeg(scene(2), lon_deg=76.95, lat_deg=52.29))
    copy = Image.open(io.BytesIO(picture.public))
    assert not dict(copy.getexif())
    assert b"Exif" not in picture.public


def test_a_png_is_taken():
    out = io.BytesIO()
    scene(3).save(out, "PNG")
    assert read_picture(out.getvalue()).width == 640


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + b"\0" * 100,
        b"\xff\xd8\xff\xe0" + b"\0" * 400,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(Wrong):
        read_picture(data)


def test_half_a_picture_is_refused():
    whole = jpeg(scene(4))
    with pytest.raises(Wrong):
        read_picture(whole[: len(whole) // 2])


def test_a_picture_that_would_fill_the_memory_is_refused():
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    with pytest.raises(Wrong):
        read_picture(out.getvalue())


def test_a_picture_larger_than_the_limit_is_refused():
    with pytest.raises(Wrong):
        read_picture(b"\xff\xd8" + b"\0" * 15_000_001)


def _changed(image: Image.Image, number: int) -> Image.Image:
    """Crop, scale and re-encode like somebody who hides a second use."""
    rng = np.random.default_rng(number)
    width, height = image.size
    left, top, right, bottom = rng.uniform(0, 0.07, 4)
    image = image.crop(
        (int(left * width), int(top * height), int((1 - right) * width), int((1 - bottom) * height))
    )
    scale = rng.uniform(0.4, 1.0)
    image = image.resize((int(image.width * scale), int(image.height * scale)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=int(rng.integers(35, 90)))
    return Image.open(out)


@cache
def _marks() -> list:
    return [marks_of(scene(number)) for number in range(60)]


def test_a_cropped_and_re_encoded_picture_is_known_again():
    marks = _marks()
    found = 0
    for number in range(60):
        apart = bits_apart(marks_of(_changed(scene(number), number)), marks)
        found += int(apart[number] <= LIKENESS_BITS)
    assert found >= 57  # 95 of 100


def test_different_pictures_are_not_taken_for_one():
    marks = _marks()
    for number, mine in enumerate(marks):
        others = marks[:number] + marks[number + 1 :]
        assert bits_apart(mine, others).min() > LIKENESS_BITS
