"""Sealed bids and the shares that open them."""

from django.db import models
from django.db.models import Q

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.procurement.models.tenders import CommitteeMember, Lot, Tender
from qaita.producers.models import Product


def bid_code() -> str:
    """Return a fresh public code for a bid."""
    return new_code("BD")


class Bid(models.Model):
    """One supplier's offer for one lot: qualification in the open, price sealed."""

    LEDGERED = (
        "tender lot supplier envelope envelope_sha256 qualification received_at "
        "admission_reason price_kzt conditional_kzt preferences rank rank_without_preferences "
        "opened_at"
    )

    code = models.CharField(max_length=16, unique=True, default=bid_code)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="bids")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="bids")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bids")
    state = models.CharField(max_length=12, default="received")
    envelope = models.BinaryField()  # canonical JSON of ciphertexts only, see sealing.py
    envelope_sha256 = models.CharField(max_length=64, unique=True)
    qualification = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    admission_reason = models.CharField(max_length=500, blank=True)
    # Empty until the opening:
    price_kzt = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    conditional_kzt = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    preferences = models.JSONField(default=list)  # what lowered the conditional price, and why
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    rank_without_preferences = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [
            models.Index(fields=["tender", "state"], name="bid_tender_state"),
            models.Index(fields=["supplier", "state"], name="bid_supplier_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "supplier"],
                condition=~Q(state="withdrawn"),
                name="one_bid_per_lot_and_supplier",
            )
        ]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """The supplier owns the bid; the buyer's committee judges it."""
        if role == "supplier":
            return Scope(organisation=self.supplier.code)
        return Scope(organisation=self.tender.buyer.code)


class OfferedProduct(models.Model):
    """A product a bid offers: sealed with the price, read out at the opening."""

    LEDGERED = "number product name origin quantity unit in_country_share"
    LEDGER_OF = "bid"

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="products")
    number = models.PositiveSmallIntegerField()
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="offers"
    )
    name = models.CharField(max_length=120, blank=True)  # of a product outside the catalogue
    origin = models.CharField(max_length=2, blank=True)  # ISO 3166-1; empty: unsaid
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    unit = models.CharField(max_length=16, blank=True)
    # what the register said on the day bids closed; empty: no extract was in force
    in_country_share = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ["bid", "number"]
        constraints = [
            models.UniqueConstraint(fields=["bid", "number"], name="offered_number_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="offered_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.bid.code} {self.number}"


class Share(models.Model):
    """What one member's private key gave for one bid, after the closing: pads, not a key."""

    LEDGERED = "bid pads given_at"
    LEDGER_OF = "member__tender"

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="shares")
    member = models.ForeignKey(CommitteeMember, on_delete=models.PROTECT, related_name="shares")
    pads = models.JSONField()  # {name of the pad: base64}
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["bid", "member"]
        constraints = [models.UniqueConstraint(fields=["bid", "member"], name="share_once")]

    def __str__(self) -> str:
        return f"{self.bid.code} {self.member.place}"
