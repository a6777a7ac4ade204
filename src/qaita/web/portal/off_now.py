"""What is off now: for the front page and the page of a region."""

from dataclasses import dataclass

from qaita.turmys.models import Outage
from qaita.turmys.queries import open_outages
from qaita.web.links import link

SHOWN = 5


@dataclass(frozen=True)
class Off:
    """An outage with its page."""

    outage: Outage
    url: str


@dataclass(frozen=True)
class OffNow:
    """Outages that run, the widest first, and how many people's supply they cut in all."""

    rows: list[Off]
    count: int
    consumers: int
    url: str  # all of them as a list


def off_now(region: str = "") -> OffNow:
    """Return what is off now."""
    running = [row for row in open_outages() if row.state == "running"]
    if region:
        running = [row for row in running if row.region_kato == region]
    running.sort(key=lambda row: (-row.consumers_off, row.code))
    rows = [Off(row, link("outage", row.code)) for row in running[:SHOWN]]
    page = link("outages")
    place = f"&region={region}" if region else ""
    people = sum(row.consumers_off for row in running)
    return OffNow(rows, len(running), people, f"{page}?state=running{place}")
