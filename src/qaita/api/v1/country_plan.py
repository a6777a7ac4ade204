"""The plan of the country: its runs, every package and why, the limits and their prices.

Only plans that were adopted are told, in force or superseded. Money is in tenge, lengths are in
metres and stay by service. All files of a run are at `/{language}/country-plan/{run}/`.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qaita.kernel.errors import Missing
from qaita.kernel.money import from_million
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    PackageLine,
    RunWords,
    Wanted,
    adopted_country_run,
    country_runs,
    get_country_run,
    package_in_run,
    packages_of_run,
    plan_sums,
    run_facts,
    sections_in_package,
)

router = Router(tags=["country plan"])
PUBLIC = ("adopted", "superseded")
Service = Literal["heat", "power", "water", "wastewater", "gas"]
Language = Literal["kk", "ru", "en"]


class RunOut(Schema):
    """One computation of the country's plan.

    `bound_kzt` is proven by the prices of the limits: no plan avoids more; `gap_share` is how much
    better a plan could be by it. `solver_bound_kzt`, where an exact solver searched, is its word.
    """

    code: str
    scenario: str
    state: str
    law_on: date
    asked_at: datetime
    begun_from: str | None
    engine_version: str
    inputs_digest: str
    result_digest: str
    value_kzt: Decimal
    bound_kzt: Decimal
    gap_share: float
    solver_bound_kzt: Decimal | None
    solver_gap_share: float | None
    package_count: int
    chosen_count: int


class SumOut(Schema):
    """What the plan renews of one service in one year."""

    service: str
    year: int
    packages: int
    length_m: float
    cost_kzt: Decimal
    benefit_kzt: Decimal


class RunWhole(RunOut):
    """A run with its limits as entered, its sums and the digests of its files."""

    years: list[int]
    limits: dict[str, Any]
    sums: list[SumOut]
    sha256: dict[str, str]


class LimitOut(Schema):
    """One row: what may be used at most (asked for at least), what the plan uses, its price.

    `amount` and `used` are in `unit`: million tenge (mkzt) or kilometres (km). `price_mkzt` is what
    one unit more (of a least amount: less) would avoid, in million tenge.
    """

    row: int
    name: str
    kind: str
    region_kato: str
    utility: str
    service: str
    product: str
    year: int | None
    unit: str
    is_least: bool
    amount: float
    used: float
    price_mkzt: float


class MemberOut(Schema):
    """One network of a package."""

    network: str
    utility: str
    region_kato: str
    service: str
    length_m: float


class PackageOut(Schema):
    """What was decided of a package and why. Not in the plan: figures of the first year."""

    code: str
    is_chosen: bool
    year: int | None
    method: str
    members: list[MemberOut]
    cost_kzt: Decimal
    benefit_kzt: Decimal
    regret_kzt: Decimal
    why_code: str
    why: str
    limit_row: int | None
    flip_share: float
    failures_per_year: float
    consequence_kzt: Decimal
    wear_share: float
    in_red_zone: bool
    lon_deg: float
    lat_deg: float


class PartOut(Schema):
    """A section of a package and how much of it belongs to it."""

    service: str
    section: str
    share: float


class PackageWhole(PackageOut):
    """A package with its sections along the street."""

    sections: list[PartOut]


class PackagesOut(Schema):
    """A window of packages, and how many fit in all."""

    total: int
    packages: list[PackageOut]


class Asked(Schema):
    """Which packages, and in which language the reasons are."""

    service: Service | None = None
    region_kato: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None
    utility: Annotated[str, Field(pattern=r"^[A-Z0-9-]{1,16}$")] | None = None
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    is_chosen: bool | None = None
    language: Language = "en"
    after: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Said(Schema):
    """In which language names and reasons are."""

    language: Language = "en"


def _public(code: str) -> CountryRun:
    """Return a run that was adopted once, or raise Missing."""
    found = get_country_run(code.replace("\0", "").upper())
    if found.state not in PUBLIC:
        raise Missing("run", code)
    return found


def _run(run: CountryRun) -> dict[str, Any]:
    told = {name: getattr(run, name, None) for name in RunOut.model_fields}
    base = run.begun_from
    return {
        **told,
        "scenario": run.scenario.code,
        "begun_from": base.code if base is not None and base.state in PUBLIC else None,
    }


def _whole(run: CountryRun) -> dict[str, Any]:
    facts = run_facts(run)
    sums = [
        {
            "service": one.names[0],
            "year": one.names[1],
            "packages": one.packages,
            "length_m": round(1_000 * (one.length_km or 0.0), 3),
            "cost_kzt": from_million(one.cost_mkzt),
            "benefit_kzt": from_million(one.benefit_mkzt),
        }
        for one in plan_sums(run, ("service", "year"))
    ]
    told = {name: facts[name] for name in ("years", "limits", "sha256")}
    return {**_run(run), **told, "sums": sums}


def _package(line: PackageLine, words: RunWords) -> dict[str, Any]:
    return {
        "code": line.code,
        "is_chosen": line.option > 0,
        "year": line.year,
        "method": line.method,
        "members": [
            {
                "network": network,
                "utility": where["utility"],
                "region_kato": where["region"],
                "service": where["service"],
                "length_m": round(1_000 * km, 3),
            }
            for network, where, km in zip(line.networks, line.clusters, line.length_km, strict=True)
        ],
        "cost_kzt": from_million(line.cost_mkzt),
        "benefit_kzt": from_million(line.benefit_mkzt),
        "regret_kzt": from_million(line.regret_mkzt),
        "why_code": line.reason,
        "why": words.why(line),
        "limit_row": line.row,
        "flip_share": line.flip_share,
        "failures_per_year": line.failures_per_year,
        "consequence_kzt": Decimal(repr(round(line.consequence_kzt, 2))),
        "wear_share": line.wear,
        "in_red_zone": line.in_red_zone,
        "lon_deg": line.lon_deg,
        "lat_deg": line.lat_deg,
    }


@router.get("/country-plan", response=RunWhole, summary="The country's plan in force")
def in_force(request: HttpRequest) -> dict[str, Any]:
    """Return the plan in force with its limits and sums."""
    found = adopted_country_run()
    if found is None:
        raise Missing("run", "")
    return _whole(found)


@router.get("/country-plan/runs", response=list[RunOut], summary="All plans that were adopted")
def runs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the plan in force and those before it, the newest first."""
    found = country_runs().filter(state__in=PUBLIC).select_related("begun_from")
    return [_run(one) for one in found]


@router.get("/country-plan/runs/{code}", response=RunWhole, summary="One plan of the country")
def one(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return a plan with its limits and sums."""
    return _whole(_public(code))


@router.get(
    "/country-plan/runs/{code}/limits", response=list[LimitOut], summary="Limits and their prices"
)
def limits(request: HttpRequest, code: str, said: Query[Said]) -> list[dict[str, Any]]:
    """Return every limit of a plan with what is used and the price that proves the bound."""
    found = RunWords(_public(code), said.language).limits()
    plain = ("row", "kind", "utility", "service", "product", "year", "unit", "is_least")
    return [
        {
            **{name: getattr(one.row, name) for name in plain},
            "name": one.name,
            "region_kato": one.row.region,
            "amount": one.row.amount,
            "used": one.row.used,
            "price_mkzt": one.row.price,
        }
        for one in found
    ]


@router.get("/country-plan/runs/{code}/packages", response=PackagesOut, summary="Packages and why")
def packages(request: HttpRequest, code: str, asked: Query[Asked]) -> dict[str, Any]:
    """Return a window of the packages that fit, in or out of the plan, each with its reason."""
    run = _public(code)
    wanted = Wanted(
        service=asked.service or "",
        region=asked.region_kato or "",
        utility=asked.utility or "",
        year=asked.year,
        is_chosen=asked.is_chosen,
    )
    page = packages_of_run(run, wanted, offset=asked.after, limit=asked.limit)
    words = RunWords(run, asked.language)
    return {"total": page.total, "packages": [_package(line, words) for line in page.lines]}


@router.get(
    "/country-plan/runs/{code}/packages/{package}",
    response=PackageWhole,
    summary="One package and its sections",
)
def package(request: HttpRequest, code: str, package: str, said: Query[Said]) -> dict[str, Any]:
    """Return a package, by its code or that of a member, with its sections."""
    run = _public(code)
    line = package_in_run(run, package.upper())
    sections = [
        {"service": line.clusters[member]["service"], "section": section, "share": share}
        for member, section, share in sections_in_package(run, line.code)
    ]
    return {**_package(line, RunWords(run, said.language)), "sections": sections}
