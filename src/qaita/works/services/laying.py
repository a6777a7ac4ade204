"""The line as laid: its geometry gives the length, its checks let it be buried."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Wrong
from qaita.kernel.ids import derived_code, read_code
from qaita.ledger.services import move, record
from qaita.networks.errors import BRANCH_BETWEEN
from qaita.networks.geometry import geodesic_length_m, pack, unpack
from qaita.networks.models import Material as SectionMaterial
from qaita.networks.models import Section
from qaita.networks.queries import branches_between
from qaita.producers.models import Product
from qaita.works.corridor import deviation_m
from qaita.works.errors import ALREADY_COVERED, NOT_ON_SITE
from qaita.works.models import AsBuilt, CheckKind, Evidence, Material, Site, SiteCheck
from qaita.works.queries import design_of, rules_of
from qaita.works.reading import LaidLine
from qaita.works.services.permissions import hold_site, require_running, require_side
from qaita.works.states import AS_BUILT


@dataclass(frozen=True)
class Pipe:
    """What was laid: there is no length here, the survey gives it."""

    material: str
    laid_on: date
    diameter_mm: float | None = None
    voltage_kv: float | None = None


@dataclass(frozen=True)
class Readings:
    """What a check read. Pressures are over the atmosphere's."""

    kind: str
    held_on: date
    working_kpa: float | None = None
    pressure_kpa: float | None = None
    drop_kpa: float | None = None
    held_minutes: float | None = None
    is_satisfactory: bool = True
    remarks: str = ""


def record_as_built(
    site: Site,
    sections: Sequence[Section],
    line: LaidLine,
    pipe: Pipe,
    *,
    by: Actor,
    at: datetime,
) -> AsBuilt:
    """Take in a surveyed line in place of sections of the site; its length is computed."""
    require_side("as_built.record", site, ("supplier",), by)
    _require_sound_pipe(site, pipe, today=day_of(at))
    with transaction.atomic():
        hold_site(site)
        require_running("as_built.record", site)
        _require_free(site, sections)
        row = _row(site, sections, line, pipe)
        row.recorded_at, row.recorded_by = at, by.code
        row.save()
        row.replaces.set(sections)
        record("as_built.record", row.code, by=by, at=at, facts=_facts_of(row, sections))
    return row


def _row(site: Site, sections: Sequence[Section], line: LaidLine, pipe: Pipe) -> AsBuilt:
    packed = pack(line.coords)
    coords = unpack(packed)  # what is kept is what is measured
    widths = [section.diameter_mm for section in sections if section.diameter_mm]
    names = sorted(section.code for section in sections)
    given = site.as_built.count()
    return AsBuilt(
        code=derived_code("AB", site.code, given, *names),
        site=site,
        geometry=packed,
        length_m=geodesic_length_m(coords),
        # Both lengths are of lines on the ground: a register may carry another figure.
        design_length_m=sum(geodesic_length_m(unpack(one.geometry)) for one in sections),
        deviation_m=deviation_m(coords, design_of(list(sections))),
        material=pipe.material,
        diameter_mm=pipe.diameter_mm,
        voltage_kv=pipe.voltage_kv,
        design_diameter_mm=max(widths, default=None),
        design_material=site.design_material,
        laid_on=pipe.laid_on,
        source=line.source,
        file_sha256=line.file_sha256,
    )


def _facts_of(row: AsBuilt, sections: Sequence[Section]) -> dict[str, object]:
    return {
        "site": row.site.code,
        "replaces": [section.code for section in sections],
        "file_sha256": row.file_sha256,
        "length_m": round(row.length_m, 3),
        "deviation_m": round(row.deviation_m, 3),
        "material": row.material,
        "diameter_mm": row.diameter_mm,
        "laid_on": row.laid_on,
    }


def _require_sound_pipe(site: Site, pipe: Pipe, *, today: date) -> None:
    if pipe.material not in SectionMaterial.values:
        raise Wrong({"material": [_("Choose the material from the list.")]})
    if pipe.laid_on > today:
        raise Wrong({"laid_on": [_("A day that has not come cannot be reported.")]})
    if site.started_on and pipe.laid_on < site.started_on:
        raise Wrong({"laid_on": [_("The works had not begun on this day.")]})
    if site.service != "power" and not pipe.diameter_mm:
        raise Wrong({"diameter_mm": [_("Give the diameter.")]})


def _require_free(site: Site, sections: Sequence[Section]) -> None:
    keys = {section.pk for section in sections}
    if not keys or site.sections.filter(pk__in=keys).count() != len(keys):
        raise Refused("as_built.record", [NOT_ON_SITE])
    taken = AsBuilt.objects.filter(replaces__in=keys, state__in=("recorded", "accepted"))
    if taken.exists():
        raise Refused("as_built.record", [ALREADY_COVERED])
    if branches_between(sections).exists():
        raise Refused("as_built.record", [BRANCH_BETWEEN])


def withdraw_as_built(row: AsBuilt, *, by: Actor, at: datetime) -> AsBuilt:
    """Take a line back that no act holds, to give a better one."""
    with transaction.atomic():
        hold_site(row.site)
        return move(row, AS_BUILT, "withdraw", by=by, at=at, facts={"site": row.site.code})


@dataclass(frozen=True)
class Batch:
    """Which batch of which product lies where: shares run from the line's start to its end."""

    batch: str
    certificate: str
    product_code: str = ""
    from_share: float = 0.0
    to_share: float = 1.0


def add_material(row: AsBuilt, batch: Batch, *, by: Actor, at: datetime) -> Material:
    """Say which batch lies in which part of the line."""
    require_side("material.add", row.site, ("supplier",), by)
    if not 0 <= batch.from_share < batch.to_share <= 1:
        raise Wrong({"shares": [_("The part must begin before it ends, between 0 and 1.")]})
    if batch.product_code:
        batch = replace(batch, product_code=_known_product(batch.product_code))
    with transaction.atomic():
        material = Material.objects.create(as_built=row, **asdict(batch))
        record("material.add", row.code, by=by, at=at, facts=asdict(batch))
    return material


def _known_product(typed: str) -> str:
    code = read_code(typed) or typed
    if not Product.objects.filter(code=code).exists():
        raise Wrong({"product_code": [_("No product of the catalogue has this code.")]})
    return code


def record_check(
    row: AsBuilt,
    readings: Readings,
    *,
    evidence: Evidence | None = None,
    by: Actor,
    at: datetime,
) -> SiteCheck:
    """Enter a check of the line. Whether a pressure test is passed follows from its readings."""
    require_side("check.record", row.site, ("supplier", "supervisor"), by)
    if readings.kind not in CheckKind.values:
        raise Wrong({"kind": [_("Choose the kind of check from the list.")]})
    if readings.held_on > day_of(at):
        raise Wrong({"held_on": [_("A day that has not come cannot be reported.")]})
    with transaction.atomic():
        hold_site(row.site)
        check = SiteCheck.objects.create(
            code=derived_code("CK", row.code, readings.kind, row.checks.count()),
            as_built=row,
            kind=readings.kind,
            held_on=readings.held_on,
            working_kpa=readings.working_kpa,
            pressure_kpa=readings.pressure_kpa,
            drop_kpa=readings.drop_kpa,
            held_minutes=readings.held_minutes,
            is_passed=_is_passed(row.site, readings),
            remarks=readings.remarks,
            evidence=evidence,
            written_by=by.code,
        )
        facts = {
            "as_built": row.code,
            "kind": check.kind,
            "held_on": check.held_on,
            "pressure_kpa": check.pressure_kpa,
            "drop_kpa": check.drop_kpa,
            "held_minutes": check.held_minutes,
            "is_passed": check.is_passed,
        }
        record("check.record", check.code, by=by, at=at, facts=facts)
    return check


def _is_passed(site: Site, readings: Readings) -> bool:
    if readings.kind != CheckKind.PRESSURE_TEST:
        return readings.is_satisfactory
    pressure_kpa, drop_kpa = readings.pressure_kpa, readings.drop_kpa
    working_kpa, minutes = readings.working_kpa, readings.held_minutes
    if not working_kpa or not pressure_kpa or not minutes or drop_kpa is None:
        raise Wrong(
            {"pressure_kpa": [_("Give the working and test pressure, the time and the drop.")]}
        )
    law = rules_of(site)
    return (
        readings.is_satisfactory
        and pressure_kpa >= working_kpa * law.test_pressure_percent[site.service] / 100
        and minutes >= law.test_minutes
        and 0 <= drop_kpa <= pressure_kpa * law.test_drop_percent / 100
    )
