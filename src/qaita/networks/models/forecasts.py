"""Which model foretells the failures of a service, and what it expects of every section."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qaita.networks.models.networks import UtilityService
from qaita.networks.models.sections import Section


class LearntFrom(models.TextChoices):
    """Whose records taught the model."""

    OWN = "own", _("the utility's own records")
    REGION = "region", _("records of the same service in the region")
    COUNTRY = "country", _("records of the same service in the country")


class FailureModel(models.Model):
    """The model that is believed for one service of a utility, and how it did when tried.

    `leaderboard` holds what the back-test found, best first: name, is_model, caught (shares of
    failures within the first 1, 2, 5, 10 and 20 % of length), area, expected, observed, coverage.
    """

    utility_service = models.OneToOneField(
        UtilityService, on_delete=models.CASCADE, related_name="failure_model"
    )
    name = models.CharField(max_length=24)
    learnt_from = models.CharField(max_length=8, choices=LearntFrom.choices)
    made_on = models.DateField()
    records_from = models.DateField()
    sections_count = models.PositiveIntegerField()  # that taught it
    failures_counted = models.PositiveIntegerField()
    own_failures_count = models.PositiveIntegerField()
    leaderboard = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.utility_service} · {self.name}"


class FailureForecast(models.Model):
    """The failures a year expected of one section, with the interval that holds 95 %."""

    section = models.OneToOneField(
        Section, on_delete=models.CASCADE, related_name="failure_forecast"
    )
    made_on = models.DateField()
    failures_per_year = models.FloatField()
    low_per_year = models.FloatField()
    high_per_year = models.FloatField()
    gamma_k = models.FloatField()  # of the law of what is expected

    def __str__(self) -> str:
        return f"{self.section} · {self.failures_per_year:g}"
