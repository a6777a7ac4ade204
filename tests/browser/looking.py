"""Looks at pages: finds one of each kind, then what is wrong with each."""

import html
import re
import urllib.error
import urllib.request
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import override
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from qaita.console.messages import used_messages

LINK = re.compile(r"""<a\b[^>]*\bhref=["']([^"'#?]+)""")
STRICT = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
PAGES_AT_MOST = 400
PERSONAL = 999  # a portal page that carries a cookie or a form token
RUN_AXE = """async () => {
  const found = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
    "wcag22aa", "best-practice"]});
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
    """Opens pages in one browser window and notes what is wrong."""

    context: BrowserContext
    site: str
    axe: str
    faults: list[str] = field(default_factory=list)

    def _listen(self, page: Page, path: str) -> None:
        def said(message: ConsoleMessage) -> None:
            if "GL Driver Message" in message.text:
                return  # the software renderer of a machine without a graphics card
            self.faults.append(f"{path}: console {message.type}: {message.text[:200]}")

        def answered(response: Response) -> None:
            if response.status >= 400 and response.url.startswith(self.site):
                self.faults.append(f"{path}: {response.status} for {response.url}")

        page.on("console", said)
        page.on("pageerror", lambda error: self.faults.append(f"{path}: script: {error}"))
        page.on("response", answered)

    def look(self, path: str) -> None:
        """Open a page and check policy, language, width and accessibility."""
        page = self.context.new_page()
        self._listen(page, path)
        answer = page.goto(self.site + path, wait_until="load")
        assert answer is not None
        policy = answer.headers.get("content-security-policy", "")
        if "unsafe" in policy or not all(word in policy for word in STRICT):
            self.faults.append(f"{path}: policy {policy!r}")
        language = path.split("/")[1]
        if page.get_attribute("html", "lang") != language:
            self.faults.append(f"{path}: lang is not {language}")
        if page.locator("h1").count() != 1:
            self.faults.append(f"{path}: {page.locator('h1').count()} h1")
        if (wide := page.evaluate(OVERFLOW)) > 0:
            self.faults.append(f"{path}: {wide} px wider than the screen")
        if language != "en":
            left = english_sentences().intersection(page.evaluate(TEXTS))
            self.faults += [f"{path}: not translated: {text!r}" for text in sorted(left)]
        page.evaluate(self.axe)
        self.faults += [f"{path}: axe {fault}" for fault in page.evaluate(RUN_AXE)]
        page.close()
