"""Sections watched over days, and the failures that fell into those days."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Min, Q, Sum

from qaita.engine.rates import Rate, rate_of
from qaita.kernel.clock import DAYS_A_YEAR, day_of
from qaita.law.effects import Effects
from qaita.networks.models import LIVING, Failure, Section
from qaita.works.models import AsBuilt

METRES_A_KM = 1_000
AT_ONCE = 500


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
class Rest:
    """What happened on the sections of the same networks that were not renewed, in both times."""

    before: Rate
    after: Rate


def accepted_on(line: AsBuilt) -> date | None:
    """Return the day on which the line was accepted."""
    at = line.act.accepted_at if line.act else None
    return day_of(at) if at else None


def stretches_before(lines: Iterable[AsBuilt], law: Effects) -> list[Stretch]:
    """The old sections over the law's years before the works, as far as the register remembers.

    The register's memory of a network begins with its first recorded failure.
    """
    lines = list(lines)
    memory = memory_of({line.section.network_id for line in lines if line.section})
    span = timedelta(days=round(law.years_before * DAYS_A_YEAR))
    found: list[Stretch] = []
    for line in lines:
        until = line.site.started_on or line.laid_on
        for old in line.replaces.all():
            known = memory.get(old.network_id)
            if known is None:
                continue
            starts = [until - span, known, *(day for day in (old.valid_from, old.laid_on) if day)]
            found.append(Stretch(old.pk, old.length_m, min(max(starts), until), until))
    return found


def memory_of(networks: set[int]) -> dict[int, date]:
    """Return the day of the first failure on record, by network."""
    rows = Failure.objects.filter(section__network__in=networks).values("section__network")
    return {
        row["section__network"]: day_of(row["first"])
        for row in rows.annotate(first=Min("at")).order_by()
    }


def stretches_after(lines: Iterable[AsBuilt], on: date) -> list[Stretch]:
    """The new sections, and the pieces they were split into, since acceptance."""
    found: list[Stretch] = []
    for line in lines:
        start = accepted_on(line)
        if line.section is None or start is None:
            continue
        for piece in _with_pieces(line.section):
            since = max(start, piece.valid_from or start)
            until = min(on, piece.valid_until or on)
            found.append(Stretch(piece.pk, piece.length_m, since, max(since, until)))
    return found


def _with_pieces(section: Section) -> list[Section]:
    pieces, waiting = {section.pk: section}, [section.pk]
    while waiting and section.state != "in_service":
        children = Section.objects.filter(ascents__parent__in=waiting, ascents__kind="split")
        waiting = [child.pk for child in children if child.pk not in pieces]
        pieces.update((child.pk, child) for child in children)
    return list(pieces.values())


def watched(stretches: list[Stretch], law: Effects) -> Rate | None:
    """Count the failures of each stretch in its own days, over the whole exposure."""
    spans = {stretch.section_id: stretch for stretch in stretches}
    keys = list(spans)
    count = 0
    for start in range(0, len(keys), AT_ONCE):
        rows = Failure.objects.filter(section__in=keys[start : start + AT_ONCE])
        count += sum(
            spans[key].since <= day_of(at) < spans[key].until
            for key, at in rows.values_list("section", "at")
        )
    exposure = sum(stretch.km_years for stretch in stretches)
    return rate_of(count, exposure, level=law.confidence_percent / 100)


def rest_of(lines: list[AsBuilt], on: date, law: Effects) -> Rest | None:
    """Count failures on the sections left as they were, in the days before and after.

    What happens there in the same days (a hard winter, better reporting) is not of the works.
    """
    touched: defaultdict[int, set[int]] = defaultdict(set)
    times: dict[int, tuple[date, date, date]] = {}
    before = {one.section_id: one for one in stretches_before(lines, law)}
    for line in lines:
        start = accepted_on(line)
        old = [before[one.pk] for one in line.replaces.all() if one.pk in before]
        if line.section is None or start is None or not old:
            continue
        network = line.section.network_id
        touched[network] |= {line.section.pk, *(one.section_id for one in old)}
        since, until = min(one.since for one in old), max(one.until for one in old)
        known = times.get(network, (since, until, start))
        times[network] = (min(known[0], since), min(known[1], until), min(known[2], start))
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
