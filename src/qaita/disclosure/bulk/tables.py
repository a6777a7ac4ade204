"""The tables of the open data: which columns they have and whose rows they hold."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from qaita.funding.models import Payment
from qaita.networks.models import Section, UtilityService
from qaita.networks.queries.wear import wear_by_utility_service
from qaita.procurement.queries import public_contracts, public_tenders
from qaita.producers.queries import public_producers, public_products
from qaita.programme.queries import public_projects
from qaita.works.models import Act

Rows = Iterable[Sequence[Any]]
CHUNK = 4000


@dataclass(frozen=True)
class Table:
    """A table: the names of its columns and, for a day, its rows."""

    columns: tuple[str, ...]
    rows: Callable[[date], Rows]


def _columns(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _plain(columns: str, paths: str, rows: Callable[[], QuerySet[Any]]) -> Table:
    """Return a table whose cells stand in the database as they are."""

    def values(_on: date) -> Rows:
        found = rows().order_by("code").values_list(*paths.split())
        return found.iterator(chunk_size=CHUNK)

    return Table(_columns(columns), values)


def _utility_wear(on: date) -> Iterator[Sequence[Any]]:
    figures = wear_by_utility_service(on)
    owners = UtilityService.objects.select_related("organisation", "region").order_by("code")
    for owner in owners:
        found = figures.get(owner.pk)
        if found is None:
            continue
        utility = owner.organisation
        yield (
            *(utility.code, utility.bin, utility.name_kk, utility.name_ru, utility.name_en),
            *(owner.region.kato, owner.service, round(found.length_m, 1), found.sections),
            *(_share(found.share_past_norm), _share(found.modelled_condition)),
            *(_share(found.imputed_share), found.zone),
        )


def sections_of_network(network: int) -> Rows:
    """Return every section a network (a row key) ever had."""
    rows = Section.objects.filter(network=network).order_by("code").annotate(**DAYS)
    return rows.values_list(*SECTION_PATHS).iterator(chunk_size=CHUNK)


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


SECTION_COLUMNS = _columns(
    "code network_code utility_code service region_kato state material diameter_mm voltage_kv"
    " length_m pipe_count laid_on laid_precision laid_imputed material_imputed norm_life_years"
    " past_norm_on condition born_of_project replaced_by_code valid_from valid_until"
)
SECTION_PATHS = _columns(
    "code network__code network__utility_service__organisation__code service region_kato state"
    " material diameter_mm voltage_kv length_m pipe_count laid_on_text laid_precision laid_imputed"
    " material_imputed norm_life_years past_norm_on_text condition born_of replaced_by__code"
    " valid_from_text valid_until_text"
)
# days as text: millions of them need not become days in between
DAYS = {
    f"{name}_text": Cast(name, CharField())
    for name in ("laid_on", "past_norm_on", "valid_from", "valid_until")
}
UTILITY_WEAR = Table(
    _columns(
        "utility_code utility_bin utility_kk utility_ru utility_en region_kato service length_m"
        " sections share_past_norm modelled_condition imputed_share zone"
    ),
    _utility_wear,
)
PROJECTS = _plain(
    "code state service region_kato utility_code utility_bin title_kk title_ru title_en"
    " length_planned_m cost_kzt committed_kzt bill_rise_kzt year drafted_at",
    "code state service region__kato utility__code utility__bin title_kk title_ru title_en"
    " length_planned_m cost_kzt committed_kzt bill_rise_kzt year drafted_at",
    public_projects,
)
TENDERS = _plain(
    "code state project_code buyer_code buyer_bin title_kk title_ru title_en lots bids"
    " announced_at closes_at opened_at awarded_at",
    "code state project__code buyer__code buyer__bin title_kk title_ru title_en lots_count"
    " bids_count announced_at closes_at opened_at awarded_at",
    public_tenders,
)
CONTRACTS = _plain(
    "code state tender_code project_code buyer_code buyer_bin supplier_code supplier_bin"
    " subject_kk subject_ru subject_en original_sum_kzt sum_kzt quantity unit signed_at starts_on"
    " ends_on",
    "code state tender__code project__code buyer__code buyer__bin supplier__code supplier__bin"
    " lot__title_kk lot__title_ru lot__title_en original_sum_kzt sum_kzt quantity unit signed_at"
    " starts_on ends_on",
    public_contracts,
)
PAYMENTS = _plain(
    "code state project_code contract_code act_code instrument_code instrument_kind amount_kzt"
    " made_at",
    "code state project__code contract_code act_code instrument__code instrument__kind amount_kzt"
    " made_at",
    lambda: Payment.objects.filter(state="released"),
)
ACTS = _plain(
    "code contract_code project_code number length_m amount_kzt delay_days penalty_kzt"
    " document_sha256 accepted_at warranty_until_on",
    "code site__contract__code site__project__code number length_m amount_kzt delay_days"
    " penalty_kzt document_sha256 accepted_at warranty_until_on",
    lambda: Act.objects.filter(state="accepted"),
)
PRODUCERS = _plain(
    "code register_no state organisation_code bin name_kk name_ru name_en region_kato oked"
    " localisation_level_percent entered_on left_on products",
    "code register_no state organisation__code organisation__bin organisation__name_kk"
    " organisation__name_ru organisation__name_en region__kato oked localisation_level_percent"
    " entered_on left_on products_count",
    public_producers,
)
PRODUCTS = _plain(
    "code producer_code name_kk name_ru name_en service category ens_tru tn_ved kpved agsk3 unit"
    " capacity_per_year in_country_share price_kzt valid_from valid_until",
    "code producer__code name_kk name_ru name_en service category ens_tru tn_ved kpved agsk3 unit"
    " capacity_per_year in_country_share price_kzt valid_from valid_until",
    public_products,
)
