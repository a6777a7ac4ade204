"""The packages of a country's run as a list: filtered and paged straight from its files."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from django.utils.translation import gettext_lazy as _

from qaita.kernel.money import from_million
from qaita.kernel.text import in_language
from qaita.planning.models import CountryRun
from qaita.planning.queries import PackageLine, RunWords, Wanted, packages_of_run
from qaita.territory.models import Region
from qaita.web import formats, labels
from qaita.web.links import link
from qaita.web.lists import Choice, Column, Listing
from qaita.web.planning.country_figures import years_of

CHUNK = 8_000  # of a download: a file is read by groups of sixty thousand rows
PUBLIC = ("adopted", "superseded")
CODE = "CODE"
PLACES = ("first", "second", "third", "fourth")
METHODS = {
    "replace": _("replace"),
    "retrofit": _("renew without digging"),
    "joint": _("all networks of the street in one trench"),
    **{f"replace_{one}": _("replace one of the street") for one in PLACES},
    **{f"retrofit_{one}": _("renew one of the street without digging") for one in PLACES},
    **{
        "_".join(["joint", *some]): _("some networks of the street in one trench")
        for count in (2, 3)
        for some in combinations(PLACES, count)
    },
    "nothing": _("not in the plan"),
}
CHOSEN = (("yes", _("in the plan")), ("no", _("left out")))


@dataclass(frozen=True)
class Row:
    """One package with its reason in words."""

    line: PackageLine
    why: str
    regions: str
    services: str
    url: str


@dataclass(frozen=True)
class PackageRows:
    """What a list asks of its rows, answered by the run's files."""

    run: CountryRun
    words: RunWords
    address: str  # of package CODE, empty where there is none
    wanted: Wanted = field(default_factory=Wanted)

    def filter(self, **asked: str) -> "PackageRows":
        """Keep the packages that fit; a year that is none keeps nothing."""
        changed: dict[str, Any] = dict(asked)
        if "year" in asked:
            changed["year"] = int(asked["year"])
        if "is_chosen" in asked:
            changed["is_chosen"] = asked["is_chosen"] == "yes"
        return replace(self, wanted=replace(self.wanted, **changed))

    def count(self) -> int:
        """Return how many there are."""
        return packages_of_run(self.run, self.wanted, limit=0).total

    def __len__(self) -> int:
        """Return how many there are."""
        return self.count()

    def __getitem__(self, part: slice) -> list[Row]:
        """Return some of them."""
        begin, end = part.start or 0, part.stop
        page = packages_of_run(self.run, self.wanted, offset=begin, limit=end - begin)
        return [self.row(line) for line in page.lines]

    def __iter__(self) -> Iterator[Row]:
        """Yield all of them, piece by piece."""
        begin = 0
        while rows := self[begin : begin + CHUNK]:
            yield from rows
            begin += len(rows)

    def row(self, line: PackageLine) -> Row:
        """Return a package with its words."""
        regions = dict.fromkeys(one["region"] for one in line.clusters)
        services = dict.fromkeys(one["service"] for one in line.clusters)
        return Row(
            line,
            self.words.why(line),
            ", ".join(self.words.regions.get(kato, kato) for kato in regions),
            ", ".join(str(labels.service_of(one)) for one in services),
            self.address.replace(CODE, line.code),
        )


def package_rows(run: CountryRun) -> Any:
    """Return the packages of a run for a list."""
    address = link("country_package", run.code, CODE) if run.state in PUBLIC else ""
    return PackageRows(run, RunWords(run, formats.language()), address)


def packages_list(run: CountryRun) -> Listing:
    """Return how the list of a run's packages looks."""
    years = [(str(year), str(year)) for year in years_of(run)]
    return Listing(
        "packages",
        columns=(
            Column("code", _("Package"), lambda row: row.line.code, link=lambda row: row.url),
            Column("where", _("Region"), lambda row: row.regions),
            Column("service", _("Service"), lambda row: row.services),
            Column("year", _("Year"), lambda row: row.line.year or "–", align="num"),
            Column("method", _("How"), lambda row: METHODS.get(row.line.method, row.line.method)),
            Column(
                "cost",
                _("Cost, ₸"),
                lambda row: from_million(row.line.cost_mkzt),
                show=lambda row: formats.money_text(from_million(row.line.cost_mkzt), short=True),
                align="num",
            ),
            Column(
                "benefit",
                _("Benefit, ₸"),
                lambda row: from_million(row.line.benefit_mkzt),
                show=lambda row: formats.money_text(
                    from_million(row.line.benefit_mkzt), short=True
                ),
                align="num",
            ),
            Column("why", _("Why"), lambda row: row.why),
        ),
        filters=(
            Choice("is_chosen", _("Decision"), CHOSEN),
            Choice("region", _("Region"), lambda: _regions(run)),
            Choice("service", _("Service"), lambda: _services(run)),
            Choice("year", _("Year"), years),
        ),
    )


def _regions(run: CountryRun) -> list[tuple[str, str]]:
    katos = {cell["region"] for cell in run.cells} | set(run.scenario.limits["capacities_km"])
    rows = Region.objects.filter(kato__in=katos).order_by("kato")
    return [(one.kato, in_language(one, "name", formats.language())) for one in rows]


def _services(run: CountryRun) -> list[tuple[str, Any]]:
    found = {cell["service"] for cell in run.cells} | set(run.scenario.limits["floors_km"])
    return [(one, labels.service_of(one)) for one in sorted(found)]
