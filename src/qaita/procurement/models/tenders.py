"""Tenders, their lots, committees and questions."""

from django.db import models
from django.db.models import Q

from qaita.accounts.models import Organisation, Person
from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.programme.models import Project


def tender_code() -> str:
    """Return a fresh public code for a tender."""
    return new_code("TN")


def lot_code() -> str:
    """Return a fresh public code for a lot."""
    return new_code("LT")


def question_code() -> str:
    """Return a fresh public code for a question."""
    return new_code("QN")


class MemberKey(models.Model):
    """The public key (X25519) a committee member gave; the private one never comes here."""

    LEDGERED = "public_key given_at"
    LEDGER_OF = "person"

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="member_key")
    public_key = models.BinaryField(max_length=32)
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.person.code


class Tender(models.Model):
    """A purchase for one project: prequalification, then sealed prices."""

    LEDGERED = (
        "project buyer law_on experience_years announced_at closes_at closed_at admitted_at "
        "opened_at awarded_at threshold committee_digest cancelled_reason"
    )

    code = models.CharField(max_length=16, unique=True, default=tender_code)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="tenders")
    buyer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="tenders_as_buyer"
    )
    state = models.CharField(max_length=16, default="draft")
    title_kk = models.CharField(max_length=250)
    title_ru = models.CharField(max_length=250)
    title_en = models.CharField(max_length=250)
    description_kk = models.TextField(blank=True)
    description_ru = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    law_on = models.DateField()
    experience_years = models.PositiveSmallIntegerField(default=0)  # years of like work asked for
    drafted_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    admitted_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    awarded_at = models.DateTimeField(null=True, blank=True)
    threshold = models.PositiveSmallIntegerField(default=2)  # how many members open a bid
    committee_digest = models.CharField(max_length=64, blank=True)  # of the keys, as announced
    cancelled_reason = models.CharField(max_length=500, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["-announced_at", "code"]
        indexes = [
            models.Index(fields=["state", "closes_at"], name="tender_state_closes"),
            models.Index(fields=["buyer", "state"], name="tender_buyer_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gte=1), name="tender_threshold_positive")
        ]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """The buyer's people and the buyer's committee act here."""
        if role in ("utility_engineer", "utility_head", "committee_member"):
            return Scope(organisation=self.buyer.code)
        return Scope()


class CommitteeMember(models.Model):
    """A member of a tender's committee with the key bids are sealed to."""

    LEDGERED = "person place public_key"
    LEDGER_OF = "tender"

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="committees")
    place = models.PositiveSmallIntegerField()  # 1…n, the member's place in the scheme
    public_key = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["tender", "place"]
        constraints = [
            models.UniqueConstraint(fields=["tender", "person"], name="member_once"),
            models.UniqueConstraint(fields=["tender", "place"], name="member_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.tender.code} {self.place}"


class LotCategory(models.TextChoices):
    """What is bought."""

    GOODS = "goods", "goods"
    WORKS = "works", "works"
    SERVICES = "services", "services"


class Lot(models.Model):
    """What one contract will deliver."""

    LEDGERED = (
        "code number category ens_tru agsk3 quantity unit estimate_kzt delivery_kato delivery_days"
    )
    LEDGER_OF = "tender"

    code = models.CharField(max_length=16, unique=True, default=lot_code)
    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="lots")
    number = models.PositiveSmallIntegerField()
    title_kk = models.CharField(max_length=250)
    title_ru = models.CharField(max_length=250)
    title_en = models.CharField(max_length=250)
    category = models.CharField(max_length=12, choices=LotCategory.choices)
    ens_tru = models.CharField(max_length=17)
    agsk3 = models.CharField(max_length=16, blank=True)
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    unit = models.CharField(max_length=16)  # "m" is a metre of the project's network
    estimate_kzt = models.DecimalField(max_digits=20, decimal_places=2)
    delivery_kato = models.CharField(max_length=9, blank=True)
    delivery_days = models.PositiveSmallIntegerField(default=180)

    class Meta:
        ordering = ["tender", "number"]
        constraints = [
            models.UniqueConstraint(fields=["tender", "number"], name="lot_number_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(estimate_kzt__gt=0), name="lot_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Question(models.Model):
    """A question to the buyer; while one stands open the tender does not close."""

    LEDGERED = "tender asked_by question asked_at answer answered_at"

    code = models.CharField(max_length=16, unique=True, default=question_code)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="questions")
    state = models.CharField(max_length=12, default="asked")
    question = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        indexes = [models.Index(fields=["tender", "state"], name="question_tender_state")]

    def __str__(self) -> str:
        return self.code

    def scope_for(self, role: str) -> Scope:
        """The buyer answers; the asker may withdraw."""
        if role == "supplier":
            return Scope(organisation=self.asked_by.code)
        return Scope(organisation=self.tender.buyer.code)
