"""Failures per kilometre and year before and after the works, with honest bounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qaita.engine.rates import Rate, RateRatio, rate_of, ratio_of
from qaita.kernel.clock import KAZAKHSTAN
from qaita.law import effects
from qaita.law.effects import Effects
from qaita.networks.models import Failure, Lineage, Section
from qaita.programme.models import Project
from qaita.works.models import AsBuilt
from qaita.works.queries import accepted_lines

DAYS_A_YEAR = 365.25
METRES_A_KM = 1_000


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
class Effect:
    """What the works changed; `enough` tells whether it may be judged yet."""

    before: Rate | None
    after: Rate | None
    ratio: RateRatio | None
    days_after: int
    expected_after: float  # failures there would have been at the old rate
    enough: bool
    verdict: str  # none | unknown | early | fewer | more | alike
    on: date

    @property
    def before_per_km_year(self) -> float | None:
        """Failures per kilometre and year before the works."""
        return self.before.value if self.before else None

    @property
    def after_per_km_year(self) -> float | None:
        """Failures per kilometre and year after the works."""
        return self.after.value if self.after else None

    @property
    def sentence(self) -> str | Promise:
        """The honest sentence about what is known."""
        return _sentence(self)


@dataclass(frozen=True)
class ServiceEffect:
    """The effect of all finished works of one service."""

    service: str
    projects: int
    effect: Effect


def effect_of(project: Project, on: date) -> Effect:
    """Return the effect of one project as known on the day."""
    lines = list(accepted_lines(project).prefetch_related("replaces"))
    return _effect(lines, on)


def effects_by_service(on: date) -> list[ServiceEffect]:
    """Return the effect of all accepted works, service by service: never across services."""
    by_service: dict[str, list[AsBuilt]] = {}
    lines = (
        AsBuilt.objects.filter(state="accepted", act__accepted_at__date__lte=on)
        .select_related("site", "act", "section")
        .prefetch_related("replaces")
    )
    for line in lines:
        by_service.setdefault(line.site.service, []).append(line)
    return [
        ServiceEffect(
            service,
            len({line.site.project_id for line in rows}),
            _effect(rows, on),
        )
        for service, rows in sorted(by_service.items())
    ]


def _effect(lines: list[AsBuilt], on: date) -> Effect:
    law = effects(on=on)
    accepted = [line for line in lines if line.act and line.act.accepted_at]
    before = _watched(_stretches_before(accepted, law), law)
    after = _watched(_stretches_after(accepted, on), law)
    days_after = max((on - _accepted_on(line)).days for line in accepted) if accepted else 0
    expected = before.value * after.exposure if before and after else 0.0
    enough = (
        before is not None
        and before.count > 0
        and after is not None
        and days_after >= law.least_days_after
        and expected >= law.least_expected_failures
    )
    ratio = (
        ratio_of(before, after, level=law.confidence_percent / 100) if before and after else None
    )
    verdict = _verdict(accepted, before, ratio, enough=enough)
    return Effect(before, after, ratio, days_after, expected, enough, verdict, on)


def _accepted_on(line: AsBuilt) -> date:
    assert line.act is not None and line.act.accepted_at is not None  # noqa: S101 - asked above
    return line.act.accepted_at.astimezone(KAZAKHSTAN).date()


def _verdict(
    accepted: list[AsBuilt], before: Rate | None, ratio: RateRatio | None, *, enough: bool
) -> str:
    if not accepted:
        return "none"
    if before is None or not before.count:
        return "unknown"
    if not enough or ratio is None:
        return "early"
    return "fewer" if ratio.high < 1 else "more" if ratio.low > 1 else "alike"


def _stretches_before(lines: list[AsBuilt], law: Effects) -> list[Stretch]:
    """The old sections over the law's years before the works, as far as the register remembers.

    The register's memory of a network begins with its first recorded failure.
    """
    memory = _memory_of({line.section.network_id for line in lines if line.section})
    span = timedelta(days=round(law.years_before * DAYS_A_YEAR))
    found: list[Stretch] = []
    for line in lines:
        until = line.site.started_on or line.laid_on
        for old in line.replaces.all():
            known = memory.get(old.network_id)
            if known is None:
                continue
            starts = [until - span, known, *(day for day in (old.valid_from, old.laid_on) if day)]
            found.append(Stretch(old.pk, old.length_m, max(starts), until))
    return found


def _memory_of(networks: set[int]) -> dict[int, date]:
    rows = (
        Failure.objects.filter(section__network__in=networks)
        .values("section__network")
        .annotate(first=Min("at"))
    )
    return {
        row["section__network"]: row["first"].astimezone(KAZAKHSTAN).date()
        for row in rows.order_by()
    }


def _stretches_after(lines: list[AsBuilt], on: date) -> list[Stretch]:
    """The new sections, and the pieces they were split into, since acceptance."""
    found: list[Stretch] = []
    for line in lines:
        if line.section is None:
            continue
        accepted_on = _accepted_on(line)
        for piece in _with_pieces(line.section):
            since = max(accepted_on, piece.valid_from or accepted_on)
            until = min(on, piece.valid_until or on)
            found.append(Stretch(piece.pk, piece.length_m, since, max(since, until)))
    return found


def _with_pieces(section: Section) -> list[Section]:
    pieces, waiting = [section], [section.pk]
    if section.state == "in_service":
        return pieces
    while waiting:
        children = Section.objects.filter(ascents__parent__in=waiting, ascents__kind="split")
        fresh = [child for child in children if child.pk not in {piece.pk for piece in pieces}]
        pieces += fresh
        waiting = [child.pk for child in fresh]
    return pieces


def _watched(stretches: list[Stretch], law: Effects) -> Rate | None:
    """Count the failures of each stretch in its own days, over the whole exposure."""
    spans = {stretch.section_id: stretch for stretch in stretches}
    count = 0
    keys = list(spans)
    for start in range(0, len(keys), 500):
        rows = Failure.objects.filter(section__in=keys[start : start + 500])
        count += sum(_falls_in(spans[pk], at) for pk, at in rows.values_list("section", "at"))
    exposure = sum(stretch.km_years for stretch in stretches)
    return rate_of(count, exposure, level=law.confidence_percent / 100)


def _falls_in(stretch: Stretch, at: datetime) -> bool:
    return stretch.since <= at.astimezone(KAZAKHSTAN).date() < stretch.until


def lineage_codes(sections: Iterable[Section]) -> list[tuple[str, str, str]]:
    """Return parent, child and kind for the descents of sections: which old became which new."""
    rows = Lineage.objects.filter(parent__in=[section.pk for section in sections])
    return list(rows.values_list("parent__code", "child__code", "kind"))


SENTENCES = {
    "none": _("Nothing has been accepted yet, so there is no effect to speak of."),
    "unknown": _(
        "No failures of the old network are on record, so before and after cannot be compared."
    ),
    "early": _(
        "Too early to judge: %(days)d days since the first acceptance; at the old rate "
        "%(expected).1f failures would be expected by now, and %(wanted)g are needed."
    ),
    "fewer": _(
        "Fewer failures than before: %(after).2f against %(before).2f per kilometre and year. "
        "Chance alone does not explain it."
    ),
    "more": _(
        "More failures than before: %(after).2f against %(before).2f per kilometre and year. "
        "Chance alone does not explain it."
    ),
    "alike": _(
        "The change from %(before).2f to %(after).2f failures per kilometre and year may be chance."
    ),
}


def _sentence(effect: Effect) -> str | Promise:
    text = SENTENCES[effect.verdict]
    if effect.verdict in ("none", "unknown"):
        return text
    return text % {
        "days": effect.days_after,
        "expected": effect.expected_after,
        "wanted": effects(on=effect.on).least_expected_failures,
        "before": effect.before_per_km_year or 0.0,
        "after": effect.after_per_km_year or 0.0,
    }
