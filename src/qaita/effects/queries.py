"""Failures per kilometre and year before and after the works, with honest bounds."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qaita.effects.watching import (
    Known,
    Rest,
    accepted_on,
    known_of,
    rest_of,
    stretches_after,
    stretches_before,
    watched,
)
from qaita.engine.rates import Rate, RateRatio, ratio_of
from qaita.law import effects
from qaita.programme.models import Project
from qaita.works.models import AsBuilt
from qaita.works.queries import accepted_lines


@dataclass(frozen=True)
class Effect:
    """What the works changed; `enough` tells whether it may be judged yet."""

    before: Rate | None
    after: Rate | None
    ratio: RateRatio | None
    days_after: int
    expected_after: float  # failures there would have been at the old rate
    enough: bool = False
    verdict: str = field(default="none", kw_only=True)  # unknown, early, fewer, more, alike
    on: date = field(kw_only=True)

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
        if self.verdict in ("none", "unknown"):
            return SENTENCES[self.verdict]
        return SENTENCES[self.verdict] % {
            "days": self.days_after,
            "expected": number_format(round(self.expected_after, 1), 1),
            "least_days": effects(on=self.on).least_days_after,
            "wanted": number_format(f"{effects(on=self.on).least_expected_failures:g}"),
            "before": number_format(round(self.before_per_km_year or 0, 2), 2),
            "after": number_format(round(self.after_per_km_year or 0, 2), 2),
        }


@dataclass(frozen=True)
class ServiceEffect:
    """The effect of all accepted works of one service, and what happened elsewhere meanwhile."""

    service: str
    projects: int
    effect: Effect
    rest: Rest | None


@dataclass(frozen=True)
class ProjectEffect:
    """The effect of one project in a table of many."""

    project: Project
    effect: Effect

    @property
    def words(self) -> str | Promise:
        """The verdict in a few words."""
        return VERDICTS[self.effect.verdict][0]

    @property
    def tone(self) -> str:
        """How the verdict is coloured."""
        return VERDICTS[self.effect.verdict][1]


SENTENCES: dict[str, str | Promise] = {
    "none": _("Nothing has been accepted yet, so there is no effect to speak of."),
    "unknown": _(
        "No failures of the old network are on record, so before and after cannot be compared."
    ),
    "early": _(
        "Too early to judge: %(days)s days since the first acceptance (at least %(least_days)s "
        "are needed); at the old rate %(expected)s failures would be expected by now (at least "
        "%(wanted)s are needed)."
    ),
    "fewer": _(
        "Fewer failures than before: %(after)s against %(before)s per kilometre and year. "
        "Chance alone does not explain it."
    ),
    "more": _(
        "More failures than before: %(after)s against %(before)s per kilometre and year. "
        "Chance alone does not explain it."
    ),
    "alike": _(
        "The change from %(before)s to %(after)s failures per kilometre and year may be chance."
    ),
}
VERDICTS: dict[str, tuple[str | Promise, str]] = {
    "none": (_("nothing accepted"), "muted"),
    "unknown": (_("no record of before"), "muted"),
    "early": (_("too early"), "info"),
    "fewer": (_("fewer failures"), "good"),
    "more": (_("more failures"), "bad"),
    "alike": (_("may be chance"), "warn"),
}


def effect_of(project: Project, on: date) -> Effect:
    """Return the effect of one project as known on the day."""
    lines = list(accepted_lines(project).prefetch_related("replaces"))
    return _effect(lines, on, known_of(lines))


def effects_by_service(on: date) -> list[ServiceEffect]:
    """Return the effect of all accepted works, service by service: never across services."""
    found: defaultdict[str, list[AsBuilt]] = defaultdict(list)
    for line in _accepted_by(on):
        found[line.site.service].append(line)
    law = effects(on=on)
    known = known_of(line for lines in found.values() for line in lines)
    return [
        ServiceEffect(
            service,
            len({line.site.project_id for line in lines}),
            _effect(lines, on, known),
            rest_of(lines, on, law, known),
        )
        for service, lines in sorted(found.items())
    ]


def effects_by_project(on: date, projects: QuerySet[Project] | None = None) -> list[ProjectEffect]:
    """Return the effect of every (or these) project's accepted works, longest watched first."""
    accepted = _accepted_by(on)
    if projects is not None:
        accepted = accepted.filter(site__project__in=projects.values("pk"))
    found: defaultdict[Project, list[AsBuilt]] = defaultdict(list)
    for line in accepted:
        found[line.site.project].append(line)
    known = known_of(line for lines in found.values() for line in lines)
    rows = [ProjectEffect(project, _effect(lines, on, known)) for project, lines in found.items()]
    return sorted(rows, key=lambda row: (-row.effect.days_after, row.project.code))


def _accepted_by(on: date) -> QuerySet[AsBuilt]:
    rows = AsBuilt.objects.filter(state="accepted", act__accepted_at__date__lte=on)
    related = rows.select_related("site__project__region", "act", "section")
    return related.prefetch_related("replaces").order_by("pk")


def _effect(lines: list[AsBuilt], on: date, known: Known) -> Effect:
    law = effects(on=on)
    lines = [line for line in lines if (day := accepted_on(line)) and day <= on]
    days = [(on - day).days for line in lines if (day := accepted_on(line))]
    before = watched(stretches_before(lines, law, known), law, known)
    after = watched(stretches_after(lines, on, known), law, known)
    if before is None or after is None:
        verdict = "none" if not days else "unknown" if before is None else "early"
        return Effect(before, after, None, max(days, default=0), 0.0, on=on, verdict=verdict)
    expected = before.value * after.exposure
    enough = max(days) >= law.least_days_after and expected >= law.least_expected_failures
    ratio = ratio_of(before, after, level=law.confidence_percent / 100)
    verdict = _verdict(before, ratio, enough=enough)
    return Effect(before, after, ratio, max(days), expected, enough, verdict=verdict, on=on)


def _verdict(before: Rate, ratio: RateRatio, *, enough: bool) -> str:
    if not before.count:
        return "unknown"
    if not enough:
        return "early"
    return "fewer" if ratio.high < 1 else "more" if ratio.low > 1 else "alike"
