"""The short way says exactly what Django said, and only for plain questions."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from qaita.web.front import PublishedFirst
from qaita.web.published import PUBLISHED, encodings


class Counted:
    """An application that answers as Django does, and counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.published: str | None = "7"
        self.status = "200 OK"

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.asked += 1
        if self.published:
            environ[PUBLISHED] = self.published
        start(self.status, [("ETag", f'"{self.asked}"')])
        return [b"page ", str(self.asked).encode()]


@pytest.fixture
def site(settings) -> Path:
    settings.SITE_DIR.mkdir(parents=True)
    (settings.SITE_DIR / "current").symlink_to("7")
    return settings.SITE_DIR


def ask(front: PublishedFirst, address: str = "/kk/", **headers: str) -> tuple[str, Any, bytes]:
    said: list[Any] = []
    environ = RequestFactory().get(address, headers=headers).environ
    body = b"".join(front(environ, lambda *words: said.append(words)))
    return said[0][0], said[0][1], body


def test_what_was_answered_once_is_said_again_without_asking(site):
    behind = Counted()
    front = PublishedFirst(behind)
    assert ask(front) == ask(front) == ("200 OK", [("ETag", '"1"')], b"page 1")
    assert behind.asked == 1


def test_a_new_edition_is_asked_for_anew(site):
    behind = Counted()
    front = PublishedFirst(behind)
    ask(front)
    (site / "current").unlink()
    (site / "current").symlink_to("8")
    behind.published = "8"
    assert ask(front)[2] == b"page 2"


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/kk/?state=done", {}),
        ("/kk/", {"hx-request": "true"}),
        ("/kk/", {"if-none-match": '"1"'}),
        ("/kk/", {"range": "bytes=0-1"}),
    ],
)
def test_other_questions_go_the_long_way(site, address: str, headers: dict[str, str]):
    behind = Counted()
    front = PublishedFirst(behind)
    ask(front)
    ask(front, address, **headers)
    assert behind.asked == 2


def test_what_is_not_of_the_edition_is_never_held(site):
    behind = Counted()
    front = PublishedFirst(behind)
    behind.published = None
    ask(front)
    behind.published, behind.status = "7", "301 Moved Permanently"
    ask(front)
    ask(front)
    assert behind.asked == 3


def test_each_encoding_has_its_own_answer(site):
    behind = Counted()
    front = PublishedFirst(behind)
    ask(front, "/kk/", **{"accept-encoding": "br"})
    ask(front, "/kk/", **{"accept-encoding": "gzip"})
    ask(front, "/kk/", **{"accept-encoding": "gzip, br"})
    assert behind.asked == 2
    assert encodings("gzip;q=0, br") == ("br", "")
    assert encodings("gzip, br") == ("br", "gzip", "")


def test_while_nothing_is_published_nothing_is_held(settings):
    """A page made for one person must never be said to another."""
    settings.SITE_DIR.mkdir(parents=True, exist_ok=True)
    behind = Counted()
    behind.published = None
    front = PublishedFirst(behind)
    assert ask(front, "/kk/desk/") != ask(front, "/kk/desk/")
    assert behind.asked == 2 and not front.held
