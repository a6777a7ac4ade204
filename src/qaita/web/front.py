"""The short way to published pages: what Django answered once is said again without it.

A page of an edition never changes, so its whole answer is held until the edition does. Whatever is
not a plain question for such a page goes to Django.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from qaita.web.published import HELD_BYTES, PUBLISHED, current_name, encodings

MOST_HELD = 2_048
LONG_WAY = ("QUERY_STRING", "HTTP_HX_REQUEST", "HTTP_IF_NONE_MATCH", "HTTP_RANGE")
Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]


class Held(NamedTuple):
    """One answer as it goes out."""

    status: str
    headers: list[tuple[str, str]]
    body: list[bytes]


class PublishedFirst:
    """Answers published pages from memory, and asks the application for everything else."""

    def __init__(self, application: Application) -> None:
        """Begin with nothing held."""
        self.application = application
        self.edition: str | None = None
        self.held: dict[tuple[str, ...], Held] = {}

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Answer one question."""
        if environ["REQUEST_METHOD"] != "GET" or any(environ.get(name) for name in LONG_WAY):
            return self.application(environ, start_response)
        edition = current_name()
        if edition is None:  # nothing is published: nothing may be held
            return self.application(environ, start_response)
        if edition != self.edition:
            self.held, self.edition = {}, edition
        key = (
            environ["PATH_INFO"],
            encodings(environ.get("HTTP_ACCEPT_ENCODING", ""))[0],
            environ.get("wsgi.url_scheme", ""),
            environ.get("HTTP_X_FORWARDED_PROTO", ""),
        )
        answer = self.held.get(key)
        if answer is None:
            return self._ask(key, environ, start_response)
        start_response(answer.status, answer.headers)
        return answer.body

    def _ask(
        self, key: tuple[str, ...], environ: Environ, start_response: Start
    ) -> Iterable[bytes]:
        """Let Django answer, and hold what it took from the edition."""
        said: list[tuple[str, list[tuple[str, str]]]] = []
        held = self.held

        def listen(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            said.append((status, headers))
            return start_response(status, headers, *more)

        body = self.application(environ, listen)
        told = environ.get(PUBLISHED)
        if told is None or told != self.edition or not said[0][0].startswith("200"):
            return body
        parts = list(body)
        getattr(body, "close", lambda: None)()
        if sum(map(len, parts)) <= HELD_BYTES and len(held) < MOST_HELD:
            held[key] = Held(*said[0], parts)
        return parts
