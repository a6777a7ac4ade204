"""Questions about money: promised, received, paid, and what a household pays for it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from qaita.funding.headroom import tariff_headroom
from qaita.funding.models import Instrument, Payment, TariffEstimate, Tranche
from qaita.programme.models import Project

__all__ = ["tariff_headroom"]
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Money:
    """The money of a project at one look."""

    cost_kzt: Decimal
    committed_kzt: Decimal
    received_kzt: Decimal
    paid_kzt: Decimal

    @property
    def missing_kzt(self) -> Decimal:
        """What nobody has promised yet."""
        return max(NOTHING, self.cost_kzt - self.committed_kzt)


@dataclass(frozen=True)
class BillEffect:
    """What a household pays more a month because of a project, on one day."""

    now_kzt: Decimal  # nothing while tariffs are frozen
    later_kzt: Decimal
    starts_on: date
    is_frozen: bool
    estimate: TariffEstimate


def instruments_of(project: Project) -> QuerySet[Instrument]:
    """Return the instruments of a project that were not withdrawn."""
    return Instrument.objects.filter(project=project).exclude(state="withdrawn")


def payments_of(project: Project) -> QuerySet[Payment]:
    """Return the payments of a project, newest first."""
    return Payment.objects.filter(project=project).select_related("instrument")


def _sum(rows: QuerySet[Any]) -> Decimal:
    return rows.aggregate(total=Sum("amount_kzt"))["total"] or NOTHING


def committed_kzt(project: Project) -> Decimal:
    """Return how much is promised."""
    return _sum(Instrument.objects.filter(project=project, state="committed"))


def money_of(project: Project) -> Money:
    """Return what the project costs, what is promised, received and paid."""
    received = Tranche.objects.filter(instrument__project=project, state="received")
    return Money(
        project.cost_kzt,
        committed_kzt(project),
        _sum(received),
        _sum(Payment.objects.filter(project=project, state="released")),
    )


def last_tariff_estimate(project: Project) -> TariffEstimate | None:
    """Return the newest estimate of the effect on the bill."""
    return TariffEstimate.objects.filter(project=project).order_by("version").last()


def household_bill_effect(project: Project, on: date) -> BillEffect | None:
    """Return what a household pays more a month on the day; None when nobody has computed it."""
    estimate = last_tariff_estimate(project)
    if estimate is None:
        return None
    frozen = on < estimate.starts_on
    return BillEffect(
        now_kzt=NOTHING if frozen else estimate.monthly_bill_kzt,
        later_kzt=estimate.monthly_bill_kzt,
        starts_on=estimate.starts_on,
        is_frozen=frozen,
        estimate=estimate,
    )
