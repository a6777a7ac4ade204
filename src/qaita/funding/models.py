"""Instruments, tranches, tariff estimates and payments."""

from django.db import models

from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.kernel.money import DECIMAL_PLACES, MAX_DIGITS
from qaita.programme.models import Project


def instrument_code() -> str:
    """Return a fresh public code for an instrument."""
    return new_code("FI")


def tranche_code() -> str:
    """Return a fresh public code for a tranche."""
    return new_code("TR")


def payment_code() -> str:
    """Return a fresh public code for a payment."""
    return new_code("PM")


class InstrumentKind(models.TextChoices):
    """Where the money comes from."""

    LOAN = "loan", "loan"
    BOND = "bond", "local government bond"
    BUDGET = "budget", "budget"
    OWN = "own", "the utility's own money"
    TARIFF = "tariff", "tariff"


class Instrument(models.Model):
    """Money promised to one project from one source on stated terms."""

    LEDGERED = "project kind amount_kzt rate_percent subsidy_points term_years lender"
    LEDGER_WITH = "project"

    code = models.CharField(max_length=16, unique=True, default=instrument_code)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="instruments")
    kind = models.CharField(max_length=12, choices=InstrumentKind.choices)
    state = models.CharField(max_length=16, default="proposed")
    amount_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    rate_percent = models.FloatField(default=0)
    subsidy_points = models.FloatField(default=0)  # percentage points of the rate the State pays
    term_years = models.FloatField(default=0)
    lender = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["project_id", "code"]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which a role must be held to act on this instrument."""
        return self.project.scope_for(role)


class Tranche(models.Model):
    """A part of an instrument with its day."""

    LEDGERED = "instrument amount_kzt planned_on received_on"

    code = models.CharField(max_length=16, unique=True, default=tranche_code)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="tranches")
    state = models.CharField(max_length=16, default="planned")
    amount_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    planned_on = models.DateField()
    received_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["instrument_id", "planned_on", "code"]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which a role must be held to act on this tranche."""
        return self.instrument.scope_for(role)


class TariffEstimate(models.Model):
    """What a project adds to a household's monthly bill, with every row of the sum."""

    LEDGERED = (
        "version yearly_cost_kzt household_share households households_assumed monthly_bill_kzt "
        "starts_on rows law_on at"
    )
    LEDGER_OF = "project"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="tariff_estimates")
    version = models.PositiveSmallIntegerField()
    yearly_cost_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    household_share = models.FloatField()
    households = models.PositiveIntegerField()
    households_assumed = models.BooleanField(default=False)  # nobody counted them
    monthly_bill_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    starts_on = models.DateField()  # the first day on which it may be charged
    rows = models.JSONField(default=list)  # one row per instrument
    law_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["project_id", "version"]
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="tariff_once")]

    def __str__(self) -> str:
        return f"{self.project.code} v{self.version}"


class Payment(models.Model):
    """Coloured money: every payment names its contract, act and sections."""

    LEDGERED = "project instrument contract_code act_code sections amount_kzt made_at"

    code = models.CharField(max_length=16, unique=True, default=payment_code)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="payments")
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="payments")
    contract_code = models.CharField(max_length=16)
    act_code = models.CharField(max_length=16, db_index=True)
    sections = models.JSONField(default=list)  # codes of the sections the money became
    amount_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    state = models.CharField(max_length=16, default="due")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "code"]
        constraints = [
            models.UniqueConstraint(fields=["act_code", "instrument"], name="payment_once")
        ]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which a role must be held to act on this payment."""
        return self.project.scope_for(role)
