"""Needs, packages of adjoining sections, scenarios, runs and their lines; the country's own."""

from decimal import Decimal

from django.db import models

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.kernel.money import DECIMAL_PLACES, MAX_DIGITS
from qaita.networks.models import Network, Section, ServiceKind


def package_code() -> str:
    """Return a fresh public code for a package."""
    return new_code("PK")


def scenario_code() -> str:
    """Return a fresh public code for a scenario."""
    return new_code("SN")


def run_code() -> str:
    """Return a fresh public code for a run."""
    return new_code("RN")


def country_scenario_code() -> str:
    """Return a fresh public code for a scenario of the country."""
    return new_code("NS")


def country_run_code() -> str:
    """Return a fresh public code for a plan of the country."""
    return new_code("NR")


class Need(models.Model):
    """Why one section should be renewed: its wear and its failures, in figures of one day."""

    LEDGERED = (
        "found_on past_norm condition failures_counted failures_per_year "
        "failures_avoided_per_year consequence_kzt imputed"
    )
    LEDGER_OF = "section__network"

    section = models.OneToOneField(Section, on_delete=models.CASCADE, related_name="need")
    found_on = models.DateField()
    past_norm = models.BooleanField(default=False)
    condition = models.FloatField()  # modelled: 0 new … 1 worn out
    failures_counted = models.PositiveIntegerField(default=0)
    failures_per_year = models.FloatField()  # expected next year, as it lies
    failures_avoided_per_year = models.FloatField()  # old rate less the rate of a new section
    consequence_kzt = models.DecimalField(
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES
    )  # of one failure
    imputed = models.BooleanField(default=False)  # rests on an assumed year or material

    class Meta:
        ordering = ["section_id"]

    def __str__(self) -> str:
        return self.section.code


class Package(models.Model):
    """Adjoining sections of one network that are renewed in one go."""

    LEDGERED = (
        "code service formed_on length_m cost_kzt benefit_kzt failures_per_year "
        "failures_avoided_per_year consequence_kzt past_norm_share imputed_share in_red_zone "
        "price_source is_current"
    )
    LEDGER_OF = "network"

    code = models.CharField(max_length=16, unique=True, default=package_code)
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="packages")
    service = models.CharField(max_length=12, choices=ServiceKind.choices)
    sections = models.ManyToManyField(Section, related_name="packages")
    formed_on = models.DateField()
    length_m = models.FloatField()
    cost_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    benefit_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    failures_per_year = models.FloatField()
    failures_avoided_per_year = models.FloatField()
    consequence_kzt = models.DecimalField(
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES
    )  # of one failure
    past_norm_share = models.FloatField()
    imputed_share = models.FloatField()
    in_red_zone = models.BooleanField(default=False)
    price_source = models.CharField(max_length=120)
    is_current = models.BooleanField(default=True)  # False once formed anew

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["network", "is_current"], name="package_network")]

    def __str__(self) -> str:
        return self.code


class Scenario(models.Model):
    """The limits under which a plan is sought for one utility and service."""

    LEDGERED = "utility service budgets_kzt capacities_km floors_km red_zone_share carries_over"

    code = models.CharField(max_length=16, unique=True, default=scenario_code)
    utility = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="scenarios")
    service = models.CharField(max_length=12, choices=ServiceKind.choices)
    title = models.CharField(max_length=160)
    state = models.CharField(max_length=16, default="draft")
    budgets_kzt = models.JSONField(default=dict)  # year → tenge, as text
    capacities_km = models.JSONField(default=dict)  # year → kilometres that can be built
    floors_km = models.JSONField(default=dict)  # year → kilometres that must be built
    red_zone_share = models.FloatField(default=0)  # least share of the spend in the red zone
    carries_over = models.BooleanField(default=True)  # unspent money may be spent a year later
    made_by = models.CharField(max_length=16)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "code"]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which a role must be held to act on this scenario."""
        return Scope() if role == "programme_office" else Scope(self.utility.code)


class Run(models.Model):
    """One computation of a plan: what went in, what came out, and how sure it is."""

    LEDGERED = (
        "scenario inputs_digest inputs engine_version objective_kzt bound_kzt gap_share result "
        "result_digest clashes"
    )

    code = models.CharField(max_length=16, unique=True, default=run_code)
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=16, default="made")
    inputs_digest = models.CharField(max_length=64)
    inputs = models.TextField()  # canonical JSON: enough to compute the run again
    engine_version = models.CharField(max_length=60)
    objective_kzt = models.DecimalField(
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True
    )
    bound_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True)
    gap_share = models.FloatField(null=True)
    duration_seconds = models.FloatField()
    result = models.TextField()  # canonical JSON: the same inputs give the same bytes
    result_digest = models.CharField(max_length=64)
    clashes = models.JSONField(default=list)  # named limits that cannot be met together
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "code"]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which a role must be held to act on this run."""
        return self.scenario.scope_for(role)


class Line(models.Model):
    """What a run decided for one package, and why, in one sentence."""

    LEDGERED = "package option year rank cost_kzt benefit_kzt reason_code"
    LEDGER_OF = "run"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="lines")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="lines")
    option = models.CharField(max_length=12)  # replace | nothing
    year = models.PositiveSmallIntegerField(null=True)
    rank = models.PositiveIntegerField()  # place by benefit per tenge
    cost_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    benefit_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    reason_code = models.CharField(max_length=24)
    reason_kk = models.CharField(max_length=400)
    reason_ru = models.CharField(max_length=400)
    reason_en = models.CharField(max_length=400)

    class Meta:
        ordering = ["run_id", "rank"]
        constraints = [models.UniqueConstraint(fields=["run", "package"], name="line_once")]
        indexes = [models.Index(fields=["package", "run"], name="line_package")]

    def __str__(self) -> str:
        return f"{self.run.code} {self.package.code}"


class CountryScenario(models.Model):
    """The limits under which a plan of the whole country is sought."""

    LEDGERED = "limits"

    code = models.CharField(max_length=16, unique=True, default=country_scenario_code)
    title = models.CharField(max_length=160)
    state = models.CharField(max_length=16, default="draft")
    limits = models.JSONField(default=dict)  # national/limits.py: CountryLimits
    made_by = models.CharField(max_length=16)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "code"]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, _role: str) -> Scope:
        """Return the scope in which a role must be held: the whole country."""
        return Scope()


class CountryRun(models.Model):
    """One computation of the country's plan. Its packages stand in the folder of its code."""

    LEDGERED = (
        "scenario begun_from law_on inputs_digest result_digest engine_version value_kzt bound_kzt "
        "gap_share solver_bound_kzt package_count chosen_count broken relaxations "
        "swapped_from swap"
    )

    code = models.CharField(max_length=16, unique=True, default=country_run_code)
    scenario = models.ForeignKey(CountryScenario, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=16, default="queued")
    begun_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followers"
    )  # whose packages, prices and plan it began from
    law_on = models.DateField()  # the day whose register and law the run follows
    inputs_digest = models.CharField(max_length=64, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    engine_version = models.CharField(max_length=120, blank=True)
    value_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True)
    bound_kzt = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True)
    gap_share = models.FloatField(null=True)  # by that bound, which the prices prove
    solver_bound_kzt = models.DecimalField(
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True
    )  # what an exact solver's search proved: smaller, but nobody can check it by arithmetic
    package_count = models.PositiveIntegerField(default=0)
    chosen_count = models.PositiveIntegerField(default=0)
    broken = models.JSONField(default=list)  # limits that no plan was found to keep
    relaxations = models.JSONField(default=list)  # smallest changes that make a plan possible
    cells = models.JSONField(default=list)  # sums by utility, service, region, year and method
    demands = models.JSONField(default=list)  # kilometres of each product in each year
    # the plan that an official changed by hand, and that change with its price and reason
    swapped_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="successors"
    )
    swap = models.JSONField(default=dict)
    duration_seconds = models.FloatField(null=True)
    asked_by = models.CharField(max_length=16)
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["-asked_at", "code"]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, _role: str) -> Scope:
        """Return the scope in which a role must be held: the whole country."""
        return Scope()

    @property
    def solver_gap_share(self) -> float | None:
        """Return how much better a plan could be by the solver's bound, where one searched."""
        if self.solver_bound_kzt is None or not self.value_kzt:
            return None
        more: Decimal = self.solver_bound_kzt - self.value_kzt
        return max(float(more / self.value_kzt), 0.0)

    @property
    def best_gap_share(self) -> float | None:
        """Return the smaller of both gaps: no plan is better by more than this."""
        known = [gap for gap in (self.gap_share, self.solver_gap_share) if gap is not None]
        return min(known, default=None)
