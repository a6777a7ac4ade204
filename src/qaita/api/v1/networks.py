"""Networks and sections, as they are now or as of a past day, and their files."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from qaita.kernel.actor import Actor
from qaita.kernel.errors import NotYours, Wrong
from qaita.networks.models import Network, Section
from qaita.networks.queries import (
    failures_of,
    get_network,
    get_section,
    inspections_of,
    lineage_of,
    network_as_csv,
    network_as_inp,
    sections_as_of,
    sections_of,
    write_network_geopackage,
)
from qaita.networks.queries.tiles import public_geometry

router = Router(tags=["networks"])
WHOLE_VIEW = (
    "utility_engineer",
    "utility_head",
    "dispatcher",
    "technical_operator",
    "programme_office",
    "auditor",
    "sysadmin",
)
GEOPACKAGE = "application/geopackage+sqlite3"
Service = Literal["heat", "power", "water", "wastewater", "gas"]


class NetworkOut(Schema):
    """A network of a utility's service."""

    code: str
    utility: str
    service: str
    region_kato: str
    name_kk: str
    name_ru: str
    name_en: str
    population: int


class SectionOut(Schema):
    """A section of a network; `imputed` marks what was estimated."""

    code: str
    network: str
    service: str
    region_kato: str
    name: str
    state: str
    from_node: str
    to_node: str
    length_m: float
    material: str
    material_imputed: bool
    diameter_mm: float | None
    voltage_kv: float | None
    laid_on: date | None
    laid_precision: str
    laid_imputed: bool
    norm_life_years: float | None
    past_norm_on: date | None
    condition: float | None
    born_of: str
    valid_from: date | None
    valid_until: date | None


class DescentOut(Schema):
    """A section's parent or child."""

    code: str
    kind: str
    at: datetime


class FailureOut(Schema):
    """A failure of a section."""

    code: str
    at: datetime
    cause: str
    repaired_at: datetime | None
    consumers_off: int
    source: str
    confidence: float


class InspectionOut(Schema):
    """An inspection of a section."""

    code: str
    on: date
    method: str
    condition: float


class SectionWhole(SectionOut):
    """A section with its line, descent, failures and inspections."""

    line: list[list[float]]
    parents: list[DescentOut]
    children: list[DescentOut]
    failures: list[FailureOut]
    inspections: list[InspectionOut]


class Page(Schema):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    offset: Annotated[int, Field(ge=0, le=100_000_000)] = 0


class NetworkFilter(Page):
    """Which networks."""

    service: Service | None = None
    region_kato: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None


class SectionFilter(Page):
    """Which sections; `as_of` shows the network of a past day."""

    as_of: date | None = None
    material: Annotated[str, Field(pattern=r"^[a-z_]{0,16}$")] | None = None
    state: Literal["in_service", "in_works", "replaced", "retired"] | None = None


def _network(row: Network) -> dict[str, Any]:
    return {
        "code": row.code,
        "utility": row.utility_service.organisation.code,
        "service": row.utility_service.service,
        "region_kato": row.region.kato,
        "name_kk": row.name_kk,
        "name_ru": row.name_ru,
        "name_en": row.name_en,
        "population": row.population,
    }


def _section(row: Section) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in SectionOut.model_fields}
    shown["network"] = row.network.code
    shown["from_node"], shown["to_node"] = row.from_node.code, row.to_node.code
    return shown


@router.get("/networks", response=list[NetworkOut], summary="Networks")
def networks(request: HttpRequest, asked: Query[NetworkFilter]) -> list[dict[str, Any]]:
    """Return networks by code."""
    rows = Network.objects.select_related("utility_service__organisation", "region")
    if asked.service:
        rows = rows.filter(utility_service__service=asked.service)
    if asked.region_kato:
        rows = rows.filter(region__kato=asked.region_kato)
    return [_network(row) for row in rows[asked.offset : asked.offset + asked.limit]]


@router.get("/networks/{code}", response=NetworkOut, summary="One network")
def one_network(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return a network."""
    return _network(get_network(code))


@router.get("/networks/{code}/sections", response=list[SectionOut], summary="Sections of a network")
def network_sections(
    request: HttpRequest, code: str, asked: Query[SectionFilter]
) -> list[dict[str, Any]]:
    """Return the living sections of a network, or those of a past day."""
    rows = _chosen(get_network(code), asked).select_related("network", "from_node", "to_node")
    return [_section(row) for row in rows.order_by("pk")[asked.offset : asked.offset + asked.limit]]


def _chosen(network: Network, asked: SectionFilter) -> QuerySet[Section]:
    if asked.as_of:
        rows = sections_as_of(network, asked.as_of)
    elif asked.state:
        rows = Section.objects.filter(network=network)
    else:
        rows = sections_of(network)
    if asked.state:
        rows = rows.filter(state=asked.state)
    return rows if asked.material is None else rows.filter(material=asked.material)


@router.get("/sections/{code}", response=SectionWhole, summary="One section")
def one_section(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return a section with everything that is known of it."""
    row = get_section(code)
    family = lineage_of(row)
    return {
        **_section(row),
        "line": public_geometry(row),
        "parents": [{"code": d.section.code, "kind": d.kind, "at": d.at} for d in family.parents],
        "children": [{"code": d.section.code, "kind": d.kind, "at": d.at} for d in family.children],
        "failures": list(failures_of(row)),
        "inspections": list(inspections_of(row)),
    }


@router.get(
    "/networks/{code}/export.{kind}",
    response={200: None},
    summary="A network as a file: inp, gpkg or csv",
    url_name="export_network",
)
def export_network(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Return the living network as an EPANET input file, a GeoPackage or CSV.

    A whole file leads to sources and plants, so it is for those who work with the network.
    """
    network = get_network(code)
    _require_whole_view(request, network)
    if kind == "inp":
        answer = HttpResponse(network_as_inp(network), content_type="text/plain; charset=utf-8")
    elif kind == "gpkg":
        answer = HttpResponse(_geopackage(network), content_type=GEOPACKAGE)
    elif kind == "csv":
        answer = StreamingHttpResponse(  # type: ignore[assignment]  # either is an answer
            _csv(network), content_type="text/csv; charset=utf-8"
        )
    else:
        raise Wrong({"kind": ["inp, gpkg, csv"]})
    answer.headers["Content-Disposition"] = f'attachment; filename="{network.code}.{kind}"'
    return answer


def _require_whole_view(request: HttpRequest, network: Network) -> None:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    if not any(actor.may(role, network.scope_for(role)) for role in WHOLE_VIEW):
        raise NotYours("network file")


def _csv(network: Network) -> Iterator[str]:
    yield "\ufeff"
    yield from network_as_csv(network)


def _geopackage(network: Network) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.gpkg"
        write_network_geopackage(network, path)
        return path.read_bytes()
