"""Whom a tender must not meet: debarred suppliers and bidders that belong together."""

from django.db import models
from django.db.models import F, Q

from qaita.accounts.models import Organisation


class Debarment(models.Model):
    """An entry of the bad-faith register."""

    LEDGERED = "ground reason subject_code since_on until_on decided_at"
    LEDGER_OF = "organisation"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="debarments"
    )
    ground = models.CharField(max_length=32)
    reason = models.CharField(max_length=1000)
    subject_code = models.CharField(max_length=16)  # the award or contract it grew from
    since_on = models.DateField()
    until_on = models.DateField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-since_on", "id"]
        indexes = [models.Index(fields=["organisation", "until_on"], name="debarment_until")]

    def __str__(self) -> str:
        return f"{self.organisation.code} {self.until_on}"


class Affiliation(models.Model):
    """Two organisations that belong together: they may not bid for the same lot."""

    LEDGERED = "second ground since_on until_on"
    LEDGER_OF = "first"

    first = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=250)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="affiliation_once"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="affiliation_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.first.code} {self.second.code}"
