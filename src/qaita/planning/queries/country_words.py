"""What a country's run says in words: why a package, which limit, what it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from qaita.accounts.models import Organisation
from qaita.networks.models import ServiceKind
from qaita.planning.models import CountryRun
from qaita.planning.queries.country_files import LimitRow, PackageLine, limit_rows
from qaita.planning.reasons import goods_name, sentence
from qaita.territory.models import Region

BILLION_MKZT = 1_000
WORTHLESS = 1e-6  # a price below it is rounding


@dataclass(frozen=True)
class LimitWords:
    """A row with its name and what one more unit of it would avoid (empty: nothing)."""

    row: LimitRow
    name: str
    price: str


class RunWords:
    """The words of one run in one language; names are read once."""

    def __init__(self, run: CountryRun, language: str) -> None:
        self.run, self.language = run, language
        self.rows = limit_rows(run)
        field = f"name_{language}"
        self.regions = dict(Region.objects.values_list("kato", field))
        codes = {row.utility for row in self.rows if row.utility}
        found = Organisation.objects.filter(code__in=codes)
        self.utilities = dict(found.values_list("code", field))
        self.names: dict[int, str] = {}
        with override(language):
            self.services = {kind.value: str(kind.label) for kind in ServiceKind}

    def limit(self, row: LimitRow | Mapping[str, Any]) -> str:
        """Return the name of a limit."""
        told = row if isinstance(row, Mapping) else vars(row)
        name = sentence(
            f"limit_{told['kind']}",
            self.language,
            {
                "year": told["year"],
                "region": self.regions.get(told["region"], told["region"]),
                "utility": self.utilities.get(told["utility"], told["utility"]),
                "service": self.services.get(told["service"], told["service"]),
                "product": goods_name(told.get("product", ""), self.language),
            },
        )
        if not told.get("is_assumed"):
            return name
        return sentence("limit_assumed", self.language, {"limit": name})

    def _name(self, row: int | None) -> str:
        """Return the name of a row; thousands of packages are decided by the same few."""
        if row is None:
            return sentence("limit_none", self.language, {})
        if row not in self.names:
            self.names[row] = self.limit(self.rows[row])
        return self.names[row]

    def limits(self) -> list[LimitWords]:
        """Return every row with its name and what its price means."""
        return [LimitWords(row, self.limit(row), self._price(row)) for row in self.rows]

    def _price(self, row: LimitRow) -> str:
        if row.price <= WORTHLESS or row.kind in ("domestic", "red_zone"):
            return ""
        worth = row.price * (BILLION_MKZT if row.unit == "mkzt" else 1)
        least = "least_" if row.is_least else ""
        return sentence(f"price_{least}{row.unit}", self.language, {"worth": float(worth)})

    def why(self, line: PackageLine) -> str:
        """Return in one sentence why a package is in the plan, or not."""
        figures = {
            "year": line.year,
            "ratio": float(line.benefit_mkzt / max(line.cost_mkzt, 1e-9)),
            "regret": float(line.regret_mkzt),
            "flip_percent": 100 * float(line.flip_share),
            "limit": self._name(line.row),
        }
        why = sentence(f"country_{line.reason}", self.language, figures)
        return f"{why} {self.plant(line.plant, line.plant_year)}".rstrip()

    def plant(self, kind: str, year: int) -> str:
        """Return in one sentence what the plant of a network means for its pipes."""
        return sentence(kind, self.language, {"year": year}) if kind else ""

    def short(self, row: int, amount: float) -> str:
        """Return in one sentence by how much a limit would be missed."""
        told = self.rows[row]
        figures = {"limit": self.limit(told), "short": float(amount)}
        return sentence(f"short_{told.unit}", self.language, figures)

    def relaxations(self) -> list[list[str]]:
        """Return what each suggestion would change, one sentence a limit."""
        return [[self._eased(one) for one in way] for way in self.run.relaxations]

    def _eased(self, change: Mapping[str, Any]) -> str:
        if change["share"] is not None:
            figures = {"limit": self.limit(change), "percent": 100 * float(change["share"])}
            return sentence("relax_share", self.language, figures)
        least = "least_" if change["is_least"] else ""
        figures = {"limit": self.limit(change), "by": float(change["by"])}
        return sentence(f"relax_{least}{change['unit']}", self.language, figures)

    def broken(self) -> list[str]:
        """Return one sentence for every limit that could not be kept."""
        return [self.short_of(row) for row in self.run.broken]

    def short_of(self, row: Mapping[str, Any]) -> str:
        """Return in one sentence by how much a limit is missed."""
        figures = {"limit": self.limit(row), "short": float(row["short"])}
        return sentence(f"short_{row['unit']}", self.language, figures)
