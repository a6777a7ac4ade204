"""Contracts and their amendments."""

from django.db import models
from django.db.models import Q

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.procurement.models.results import Award
from qaita.procurement.models.tenders import Lot, Tender
from qaita.programme.models import Project


def contract_code() -> str:
    """Return a fresh public code for a contract."""
    return new_code("CN")


def amendment_code() -> str:
    """Return a fresh public code for an amendment."""
    return new_code("AM")


class Contract(models.Model):
    """What buyer and supplier signed for one lot."""

    LEDGERED = (
        "tender lot award project buyer supplier original_sum_kzt sum_kzt quantity unit "
        "signed_at starts_on ends_on ended_reason"
    )

    code = models.CharField(max_length=16, unique=True, default=contract_code)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="contracts")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="contracts")
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="contract")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="contracts")
    buyer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="contracts_as_buyer"
    )
    supplier = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="contracts_as_supplier"
    )
    state = models.CharField(max_length=16, default="draft")
    sum_kzt = models.DecimalField(max_digits=20, decimal_places=2)  # with amendments in force
    original_sum_kzt = models.DecimalField(max_digits=20, decimal_places=2)
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    unit = models.CharField(max_length=16)
    drafted_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_reason = models.CharField(max_length=500, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["-drafted_at", "code"]
        indexes = [models.Index(fields=["state", "ends_on"], name="contract_state_ends")]
        constraints = [
            models.CheckConstraint(condition=Q(sum_kzt__gt=0), name="contract_sum_positive")
        ]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """Each side acts for itself, the control body in its region."""
        if role == "supplier":
            return Scope(organisation=self.supplier.code)
        if role in ("utility_engineer", "utility_head"):
            return Scope(organisation=self.buyer.code)
        return Scope(region=self.project.region.kato)


class Amendment(models.Model):
    """A change of a signed contract: on a legal ground, under a cumulative cap."""

    LEDGERED = "contract number ground reason change_kzt new_ends_on proposed_at in_force_at"

    code = models.CharField(max_length=16, unique=True, default=amendment_code)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, default="proposed")
    ground = models.CharField(max_length=32)
    reason = models.CharField(max_length=1000)
    change_kzt = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    new_ends_on = models.DateField(null=True, blank=True)
    proposed_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["contract", "number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="amendment_number_once")
        ]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """The buyer proposes, the supplier agrees."""
        return self.contract.scope_for(role)
