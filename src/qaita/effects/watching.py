"""Sections watched over days, and the failures that fell into those days."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Min, Q, Sum

from qaita.engine.rates import Rate, rate_of
from qaita.kernel.clock import DAYS_A_YEAR, day_of
from qaita.law.effects import Effects
from qaita.networks.models import LIVING, Failure, Lineage, Section
from qaita.works.models import AsBuilt

METRES_A_KM = 1_000
AT_ONCE = 5_000


@dataclass(frozen=True)
class Stretch:
    """A section watched over some days: half-open from `since` to `until`."""

    section_id: int
    length_m: float
    since: date
    until: date

    @property
    def km_years(self) -> float:
        """The exposure of the stretch."""
        days = max((self.until - self.since).days, 0)
        return self.length_m / METRES_A_KM * days / DAYS_A_YEAR


@dataclass(frozen=True)
class Known:
    """What the register tells of the sections of some lines, asked once for all of them."""

    memory: dict[int, date]  # network → the day of its first failure on record
    pieces: dict[int, list[Section]]  # new section → it and what it was split into
    failures: dict[int, list[date]]  # section → the days of its failures


@dataclass(frozen=True)
class Rest:
    """What happened on the sections of the same networks that were not renewed, in both times."""

    before: Rate
    after: Rate


def accepted_on(line: AsBuilt) -> date | None:
    """Return the day on which the line was accepted."""
    at = line.act.accepted_at if line.act else None
    return day_of(at) if at else None


def known_of(lines: Iterable[AsBuilt]) -> Known:
    """Ask the register what it knows of these lines; the number of questions stays the same."""
    lines = list(lines)
    new = [line.section for line in lines if line.section]
    pieces = _pieces_of(new)
    keys = {old.pk for line in lines for old in line.replaces.all()}
    keys |= {piece.pk for some in pieces.values() for piece in some}
    return Known(memory_of({one.network_id for one in new}), pieces, _failures_of(sorted(keys)))


def _failures_of(keys: list[int]) -> dict[int, list[date]]:
    found: defaultdict[int, list[date]] = defaultdict(list)
    for start in range(0, len(keys), AT_ONCE):
        rows = Failure.objects.filter(section__in=keys[start : start + AT_ONCE]).order_by()
        for key, at in rows.values_list("section", "at"):
            found[key].append(day_of(at))
    return found


def stretches_before(lines: Iterable[AsBuilt], law: Effects, known: Known) -> list[Stretch]:
    """The old sections over the law's years before the works, as far as the register remembers.

    The register's memory of a network begins with its first recorded failure.
    """
    span = timedelta(days=round(law.years_before * DAYS_A_YEAR))
    found: list[Stretch] = []
    for line in lines:
        until = line.site.started_on or line.laid_on
        for old in line.replaces.all():
            first = known.memory.get(old.network_id)
            if first is None:
                continue
            starts = [until - span, first, *(day for day in (old.valid_from, old.laid_on) if day)]
            found.append(Stretch(old.pk, old.length_m, min(max(starts), until), until))
    return found


def memory_of(networks: set[int]) -> dict[int, date]:
    """Return the day of the first failure on record, by network."""
    rows = Failure.objects.filter(section__network__in=networks).values("section__network")
    return {
        row["section__network"]: day_of(row["first"])
        for row in rows.annotate(first=Min("at")).order_by()
    }


def stretches_after(lines: Iterable[AsBuilt], on: date, known: Known) -> list[Stretch]:
    """The new sections, and the pieces they were split into, since acceptance."""
    found: list[Stretch] = []
    for line in lines:
        start = accepted_on(line)
        if line.section is None or start is None:
            continue
        for piece in known.pieces[line.section.pk]:
            since = max(start, piece.valid_from or start)
            until = min(on, piece.valid_until or on)
            found.append(Stretch(piece.pk, piece.length_m, since, max(since, until)))
    return found


def _pieces_of(sections: Iterable[Section]) -> dict[int, list[Section]]:
    """Return each section with the pieces it was split into, and theirs; by its key."""
    found = {one.pk: [one] for one in sections}
    waiting = {key: key for key, (one,) in found.items() if one.state != "in_service"}
    while waiting:  # piece → the section it comes of
        rows = Lineage.objects.filter(parent__in=list(waiting), kind="split")
        below: dict[int, int] = {}
        for row in rows.select_related("child"):
            below[row.child_id] = waiting[row.parent_id]
            found[waiting[row.parent_id]].append(row.child)
        waiting = below
    return found


def watched(stretches: list[Stretch], law: Effects, known: Known) -> Rate | None:
    """Count the failures of each stretch in its own days, over the whole exposure."""
    spans = {stretch.section_id: stretch for stretch in stretches}
    count = sum(
        stretch.since <= day < stretch.until
        for key, stretch in spans.items()
        for day in known.failures.get(key, ())
    )
    exposure = sum(stretch.km_years for stretch in stretches)
    return rate_of(count, exposure, level=law.confidence_percent / 100)


def rest_of(lines: list[AsBuilt], on: date, law: Effects, known: Known) -> Rest | None:
    """Count failures on the sections left as they were, in the days before and after.

    What happens there in the same days (a hard winter, better reporting) is not of the works.
    """
    touched: defaultdict[int, set[int]] = defaultdict(set)
    times: dict[int, tuple[date, date, date]] = {}
    before = {one.section_id: one for one in stretches_before(lines, law, known)}
    for line in lines:
        start = accepted_on(line)
        old = [before[one.pk] for one in line.replaces.all() if one.pk in before]
        if line.section is None or start is None or not old:
            continue
        network = line.section.network_id
        touched[network] |= {line.section.pk, *(one.section_id for one in old)}
        since, until = min(one.since for one in old), max(one.until for one in old)
        told = times.get(network, (since, until, start))
        times[network] = (min(told[0], since), min(told[1], until), min(told[2], start))
    lengths_km, days = _others(set(times), {key for keys in touched.values() for key in keys})
    counts = [0, 0]
    exposures = [0.0, 0.0]
    for network, (since, until, start) in times.items():
        for place, (first, last) in enumerate(((since, until), (start, on))):
            counts[place] += sum(first <= day < last for day in days[network])
            exposures[place] += lengths_km[network] * max((last - first).days, 0) / DAYS_A_YEAR
    rates = [
        rate_of(count, exposure, level=law.confidence_percent / 100)
        for count, exposure in zip(counts, exposures, strict=True)
    ]
    return Rest(rates[0], rates[1]) if rates[0] and rates[1] else None


def _others(
    networks: set[int], touched: set[int]
) -> tuple[defaultdict[int, float], defaultdict[int, list[date]]]:
    """Return length and failures of what no works have touched, by network.

    Only the network stands in the conditions: nearly every section of the country has no works.
    """
    left = Q(state__in=LIVING, born_of="") & ~Q(pk__in=touched)
    rows = Section.objects.filter(network__in=networks).order_by().values_list("network")
    lengths_km: defaultdict[int, float] = defaultdict(float)
    for network, length_m in rows.annotate(total=Sum("length_m", filter=left)):
        lengths_km[network] = (length_m or 0.0) / METRES_A_KM
    about = ("section", "section__network", "section__state", "section__born_of", "at")
    days: defaultdict[int, list[date]] = defaultdict(list)
    for section, network, state, born_of, at in (
        Failure.objects.filter(section__network__in=networks).order_by().values_list(*about)
    ):
        if state in LIVING and not born_of and section not in touched:
            days[network].append(day_of(at))
    return lengths_km, days
