"""Districts, their meters and their monthly balances."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qaita.kernel.actor import CLOCK, Actor
from qaita.kernel.clock import day_of, start_of
from qaita.kernel.errors import Wrong
from qaita.ledger.services import record
from qaita.networks.models import Network
from qaita.turmys.balancing import UNITS, Used, from_last_before, used_between
from qaita.turmys.lake import lake_version, readings_between
from qaita.turmys.models import DistrictBalance, Meter, MeteringDistrict, MeterRole
from qaita.turmys.states import CREW, require_role

BALANCERS = (*CREW, "clock")
# a meter read by hand may have been silent that long before the month began
ASKED_AT_ONCE, SHOWN = 20_000, 10
LOOK_BACK = timedelta(days=62)


@dataclass(frozen=True)
class NewMeter:
    """A meter to be registered."""

    serial: str
    role: str = MeterRole.CONSUMER
    register_no: int = 1
    rollover_value: int = 0
    code: str = ""


def open_district(
    network: Network, names: tuple[str, str, str], *, code: str = "", by: Actor, at: datetime
) -> MeteringDistrict:
    """Lay down a district of a network; names in kk, ru, en."""
    require_role("district.open", by, CREW, network)
    if not all(name.strip() for name in names):
        raise Wrong({"name_kk": [_("A district needs its name in all three languages.")]})
    named = {"code": code} if code else {}
    district = MeteringDistrict(
        network=network, name_kk=names[0], name_ru=names[1], name_en=names[2], **named
    )
    with transaction.atomic():
        district.save()
        record("district.open", district.code, by=by, at=at, facts={"network": network})
    return district


def register_meters(
    district: MeteringDistrict, meters: Sequence[NewMeter], *, by: Actor, at: datetime
) -> list[Meter]:
    """Register meters of a district: one entry for all, serial numbers stay out of it."""
    require_role("meters.register", by, CREW, district.network)
    serials = [meter.serial.strip() for meter in meters]
    if len(set(serials)) != len(serials) or not all(serials):
        raise Wrong({"serial": [_("Every meter needs a serial number of its own.")]})
    known = district.meters.filter(serial__in=serials[:ASKED_AT_ONCE]).values_list("serial")
    if taken := [serial for (serial,) in known[:SHOWN]]:
        words = _("These meters are registered here already: %(serials)s.")
        raise Wrong({"serial": [words % {"serials": ", ".join(taken)}]})
    rows = [
        Meter(
            district=district,
            role=meter.role,
            serial=serial,
            register_no=meter.register_no,
            rollover_value=meter.rollover_value,
            **({"code": meter.code} if meter.code else {}),
        )
        for meter, serial in zip(meters, serials, strict=True)
    ]
    with transaction.atomic():
        made = Meter.objects.bulk_create(rows, batch_size=2_000)
        supplies = sum(meter.role == MeterRole.SUPPLY for meter in meters)
        facts = {"meters": len(rows), "supply": supplies}
        record("meters.register", district.code, by=by, at=at, facts=facts)
    return made


def compute_balances(
    network: Network, month_on: date, *, by: Actor, at: datetime
) -> list[DistrictBalance]:
    """Compute the month's balance of every district of a network anew."""
    require_role("balance.compute", by, BALANCERS, network)
    first = month_on.replace(day=1)
    if next_month(first) > day_of(at):
        raise Wrong({"month_on": [_("The month is not over yet.")]})
    districts = network.districts.prefetch_related("meters")
    rows = [_balance(district, first, at=at) for district in districts]
    with transaction.atomic():
        for row in rows:
            known = DistrictBalance.objects.filter(district=row.district, month_on=first)
            known.delete()
            row.save(force_insert=True)
            record("balance.compute", row.district.code, by=by, at=at, facts=_facts(row))
    return rows


def compute_balances_due(*, at: datetime) -> list[DistrictBalance]:
    """Compute last month's balances where they are wanting."""
    last = (day_of(at).replace(day=1) - timedelta(days=1)).replace(day=1)
    wanting = Network.objects.filter(districts__isnull=False).exclude(
        districts__balances__month_on=last
    )
    rows: list[DistrictBalance] = []
    for network in wanting.distinct():
        rows += compute_balances(network, last, by=CLOCK, at=at)
    return rows


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def _balance(district: MeteringDistrict, first: date, *, at: datetime) -> DistrictBalance:
    meters = list(district.meters.all())
    since, until = _epoch(first), _epoch(next_month(first))
    found = readings_between(
        [meter.pk for meter in meters], since - int(LOOK_BACK.total_seconds()), until
    )
    rollovers = {meter.pk: meter.rollover_value for meter in meters}
    used = used_between(from_last_before(found, since), rollovers, until)
    supply = _sum(meters, used, MeterRole.SUPPLY) - _sum(meters, used, MeterRole.EXPORT)
    billed = _sum(meters, used, MeterRole.CONSUMER)
    silent = sum(not used.get(meter.pk, Used(0, is_known=False)).is_known for meter in meters)
    return DistrictBalance(
        district=district,
        month_on=first,
        unit=UNITS[district.network.utility_service.service],
        supply_value=supply,
        billed_value=billed,
        losses_value=supply - billed,
        meters_count=len(meters),
        silent_count=silent,
        lake_version=lake_version(),
        computed_at=at,
    )


def _epoch(day: date) -> int:
    return int(start_of(day).timestamp())


def _sum(meters: Iterable[Meter], used: dict[int, Used], role: str) -> int:
    return sum(used[meter.pk].value for meter in meters if meter.role == role and meter.pk in used)


def _facts(row: DistrictBalance) -> dict[str, object]:
    return {
        "month_on": row.month_on,
        "unit": row.unit,
        "supply": str(row.supply_value),
        "billed": str(row.billed_value),
        "losses": str(row.losses_value),
        "silent": row.silent_count,
        "lake_version": row.lake_version,
    }
