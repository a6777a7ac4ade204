"""Rows to histories and back: what the engine of wear learns failures from."""

from collections import Counter
from collections.abc import Collection
from datetime import date

from qaita.kernel.clock import day_of
from qaita.networks.ageing import decimal_year
from qaita.networks.importing.records import Life, Records
from qaita.networks.models import LIVING, Failure, Lineage, Section, UtilityService

LEAST_CONFIDENCE = 0.5  # that a failure was this section's
COLUMNS = (
    "pk", "laid_on", "material", "diameter_mm", "voltage_kv", "length_m", "state", "valid_until",
    "service",
)  # fmt: skip
FOREVER = float("inf")


def records_of(owners: Collection[UtilityService], *, on: date) -> tuple[Records, list[int]]:
    """Return the lives and failures of all sections of the owners, and the sections' keys.

    A section that was split or merged lives on in its longest child, failures and all.
    """
    heirs = _heirs(owners)
    rows = Section.objects.filter(network__utility_service__in=owners).order_by("pk")
    lives, keys = [], []
    for pk, laid, material, wide, volts, length, state, until, service in rows.values_list(
        *COLUMNS
    ):
        if pk in heirs or (laid is not None and laid > on):
            continue
        gone = FOREVER if state in LIVING else decimal_year(until or on)
        size = wide or (volts or 0.0) * 10 or float("nan")
        keys.append(pk)
        kind = f"{service} {material}" if material else ""  # services age apart
        lives.append(Life(str(pk), decimal_year(laid), gone, kind, size, length / 1000))
    place = {pk: at for at, pk in enumerate(keys)}
    told = Failure.objects.filter(
        section__network__utility_service__in=owners, confidence__gte=LEAST_CONFIDENCE
    )
    failed = []
    for pk, at in told.order_by("at", "pk").values_list("section", "at"):
        row = place.get(heirs.get(pk, pk))
        day = day_of(at)
        if row is not None and day <= on:
            failed.append((row, decimal_year(day)))
    return Records(lives, failed, decimal_year(on), Counter()), keys


def _heirs(owners: Collection[UtilityService]) -> dict[int, int]:
    """Return for each section that was split or merged the one that goes on in its place."""
    rows = Lineage.objects.filter(parent__network__utility_service__in=owners)
    rows = rows.exclude(kind="replace").order_by("child__length_m", "child")
    next_of = dict(rows.values_list("parent", "child"))
    heirs = {}
    for pk in next_of:
        heir = pk
        while heir in next_of:
            heir = next_of[heir]
        heirs[pk] = heir
    return heirs
