"""Awards and the complaints that hold them up."""

from django.db import models

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.procurement.models.bids import Bid
from qaita.procurement.models.tenders import Lot, Tender


def award_code() -> str:
    """Return a fresh public code for an award."""
    return new_code("AW")


def complaint_code() -> str:
    """Return a fresh public code for a complaint."""
    return new_code("CP")


class Award(models.Model):
    """The decision on one lot, with the winner there would be without preferences."""

    LEDGERED = "lot bid without_preferences sum_kzt awarded_at standstill_until_on annulled_reason"

    code = models.CharField(max_length=16, unique=True, default=award_code)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="awards")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="awards")
    without_preferences = models.ForeignKey(
        Bid, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    state = models.CharField(max_length=12, default="standing")
    sum_kzt = models.DecimalField(max_digits=20, decimal_places=2)
    awarded_at = models.DateTimeField()
    standstill_until_on = models.DateField()
    annulled_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["lot", "id"]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """The buyer acts on an award, a winner may walk away, control annuls in its region."""
        if role == "supplier":
            return Scope(organisation=self.bid.supplier.code)
        if role in ("utility_engineer", "utility_head", "committee_member"):
            return Scope(organisation=self.bid.tender.buyer.code)
        return Scope(region=self.bid.tender.project.region.kato)


class Complaint(models.Model):
    """A bidder's complaint: until it is decided nothing is signed."""

    LEDGERED = "tender award filed_by statement filed_at due_on decision decided_at"

    code = models.CharField(max_length=16, unique=True, default=complaint_code)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="complaints")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="complaints")
    filed_by = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="complaints")
    state = models.CharField(max_length=12, default="filed")
    statement = models.TextField()
    filed_at = models.DateTimeField()
    due_on = models.DateField()
    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["filed_at", "id"]
        indexes = [models.Index(fields=["state", "due_on"], name="complaint_state_due")]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """The complainant may withdraw; the control body decides in the region."""
        if role == "supplier":
            return Scope(organisation=self.filed_by.code)
        return Scope(region=self.tender.project.region.kato)
