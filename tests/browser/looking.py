"""Looks at pages: finds one of each kind, then what is wrong with each."""

import html
import re
import urllib.error
import urllib.request
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import override
from playwright.sync_api import ConsoleMessage, Page, Response, ViewportSize

from qaita.console.messages import used_messages

LINK = re.compile(r"""<a\b[^>]*\bhref=["']([^"'#?]+)""")
STRICT = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
# these pages seal and open bids with libsodium, which is WebAssembly
SEALING = {"procurement:key", "procurement:bid", "procurement:shares"}
PAGES_AT_MOST = 400
REFUSED = 422
PERSONAL = 999  # a portal page that carries a cookie or a form token
Screens = Mapping[str, ViewportSize]
DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
BOTH: Screens = {"desk": DESK, "phone": PHONE}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = ["color-contrast", "link-in-text-block"]
ALL: dict[str, object] = {"runOnly": {"type": "tag", "values": TAGS}}
SHAPES = {**ALL, "rules": {rule: {"enabled": False} for rule in CONTRAST}}
COLORS: dict[str, object] = {"runOnly": {"type": "rule", "values": CONTRAST}}
RUN_AXE = """async (rules) => {
  const found = await axe.run(document, {...rules, resultTypes: ["violations"]});
  return found.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ") +
    " " + (n.any[0] || n.all[0] || n.none[0] || {message: ""}).message).join(" | "));
}"""
TEXTS = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set();
  const ours = (e) => !e.closest("[lang]:not(html), code, script, .q-code");
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    if (ours(n.parentElement)) found.add(n.data.trim());
  }
  for (const name of ["aria-label", "placeholder", "title"]) {
    for (const e of document.querySelectorAll(`[${name}]`)) {
      if (ours(e)) found.add(e.getAttribute(name).trim());
    }
  }
  return [...found];
}"""
IS_DARK = "() => document.documentElement.dataset.bsTheme === 'dark'"
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def kind_of(path: str) -> str | None:
    """Return which kind of page an address is: the name of its route, or None for files."""
    with override(path.split("/")[1]):
        try:
            return resolve(path).view_name or None
        except Resolver404:
            return None


def fetch_openly(address: str) -> tuple[int, str, str]:
    """Return status, type and text of an address."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=30) as answer:
            kind = answer.headers.get("Content-Type", "")
            text = answer.read().decode("utf-8", "replace") if "html" in kind else ""
            personal = answer.headers.get("Set-Cookie") or "csrfmiddlewaretoken" in text
            if personal and "/appeals/" not in address:
                return PERSONAL, kind, text
            return answer.status, kind, text
    except urllib.error.HTTPError as error:
        return error.code, "", ""


@cache
def english_sentences() -> frozenset[str]:
    """Return the msgids of two words and more: on a kk or ru page none may stand as it is."""
    return frozenset(key[1].strip() for key in used_messages() if " " in key[1].strip())


@dataclass
class Walk:
    """One of each kind of portal page in a language, and the links that lead nowhere."""

    pages: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


def walk(
    site: str,
    start: str,
    *,
    fetch: Callable[[str], tuple[int, str, str]] = fetch_openly,
    skip: tuple[str, ...] = ("desk", "account"),
    within: str = "",
) -> Walk:
    """Follow links from a page; visit two of each kind, keep the first."""
    found, seen, visits = Walk(), {start}, Counter[str]()
    waiting = deque([(start, "")])
    language = f"/{start.strip('/').split('/')[0]}/"
    prefix, barred = language + within, tuple(language + word for word in skip)
    while waiting and len(seen) < PAGES_AT_MOST * 10:
        path, origin = waiting.popleft()
        kind = kind_of(path)
        if kind is None or visits[kind] >= 2:
            continue
        visits[kind] += 1
        status, content, text = fetch(site + path)
        if status != 200:
            found.broken.append(f"{path} answers {status} (from {origin})")
            continue
        if "html" not in content:
            continue
        found.pages.setdefault(kind, path)
        for link in LINK.findall(text):
            target = urlsplit(urljoin(site + path, html.unescape(link)))
            inside = f"{target.scheme}://{target.netloc}" == site
            wanted = target.path.startswith(prefix) and not target.path.startswith(barred)
            if inside and wanted and target.path not in seen:
                seen.add(target.path)
                waiting.append((target.path, path))
    return found


@dataclass
class Looker:
    """Opens pages one after the other in one window and notes what is wrong with each."""

    page: Page
    site: str
    axe: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.emulate_media(reduced_motion="reduce")
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self._note(f"script: {error}"))
        self.page.on("response", self._answered)

    def _note(self, fault: str) -> None:
        self.faults.append(f"{self.page.url.removeprefix(self.site)}: {fault}")

    def _said(self, message: ConsoleMessage) -> None:
        if "GL Driver Message" in message.text:
            return  # the software renderer of a machine without a graphics card
        if f"status of {REFUSED} " in message.text:
            return  # a form that came back with its faults
        self._note(f"console {message.type}: {message.text[:200]}")

    def _answered(self, response: Response) -> None:
        bad = response.status >= 400 and response.status != REFUSED
        if bad and response.url.startswith(self.site):
            self._note(f"{response.status} for {response.url}")

    def look(self, path: str, *, screens: Screens = BOTH, with_colors: bool = True) -> None:
        """Open a page and look at it; colours do not depend on the language, so once is enough."""
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(DESK)
        answer = self.page.goto(self.site + path, wait_until="load")
        assert answer is not None
        policy = answer.headers.get("content-security-policy", "")
        if kind_of(path) in SEALING:
            policy = policy.replace(" 'wasm-unsafe-eval'", "")
        if "unsafe" in policy or not all(word in policy for word in STRICT):
            self._note(f"policy {policy!r}")
        language, rules = path.split("/")[1], ALL if with_colors else SHAPES
        self.inspect(language, screens=screens, rules=rules)
        if with_colors:
            self._look_in_the_dark()

    def inspect(
        self, language: str, *, screens: Screens = BOTH, rules: dict[str, object] = SHAPES
    ) -> None:
        """Check the page that is open."""
        self._read(language)
        if screens:
            self.page.evaluate(self.axe)
        for screen, size in BOTH.items():
            self.page.set_viewport_size(size)
            if (wide := self.page.evaluate(OVERFLOW)) > 0:
                self._note(f"{screen}: {wide} px wider than the screen")
            if screen in screens:
                self._run_axe(screen, rules)

    def _look_in_the_dark(self) -> None:
        """Check the dark colours on the desk's screen, which shows more."""
        self.page.set_viewport_size(DESK)
        self.page.emulate_media(color_scheme="dark")
        self.page.wait_for_function(IS_DARK)
        self._run_axe("desk, dark", COLORS)

    def _read(self, language: str) -> None:
        if self.page.get_attribute("html", "lang") != language:
            self._note(f"lang is not {language}")
        if (heads := self.page.locator("h1").count()) != 1:
            self._note(f"{heads} h1")
        if language != "en":
            left = english_sentences().intersection(self.page.evaluate(TEXTS))
            for text in sorted(left):
                self._note(f"not translated: {text!r}")

    def _run_axe(self, screen: str, rules: dict[str, object]) -> None:
        for fault in self.page.evaluate(RUN_AXE, rules):
            self._note(f"{screen}: axe {fault}")
