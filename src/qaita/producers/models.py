"""The tables of the register: producers by the columns of Order 327, and their products."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Scope
from qaita.kernel.ids import new_code
from qaita.territory.models import Region

ENS_TRU = r"^\d{6}\.\d{3}\.\d{6}$"
TN_VED = r"^\d{10}$"
KPVED = r"^\d{2}(\.\d{1,2}){0,3}$"
AGSK3 = r"^\d{3}(-\d{3}){2,3}$"


def producer_code() -> str:
    """Return a fresh public code for a producer."""
    return new_code("PR")


def product_code() -> str:
    """Return a fresh public code for a product."""
    return new_code("PD")


class Producer(models.Model):
    """One entry of the register of Kazakh goods producers."""

    LEDGERED = (
        "organisation register_no application_no oked region localisation_level_percent "
        "staff_kz_share applied_on entered_on checked_on left_on mismatches"
    )

    code = models.CharField(max_length=16, unique=True, default=producer_code)
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="producer"
    )
    state = models.CharField(max_length=16, default="applied")
    register_no = models.CharField(max_length=32, unique=True)
    application_no = models.CharField(max_length=32, blank=True)
    oked = models.CharField(max_length=8, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="producers")
    production_address = models.CharField(max_length=250, blank=True)
    localisation_level_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    staff_kz_share = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    applied_on = models.DateField()
    entered_on = models.DateField(null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    mismatches = models.PositiveSmallIntegerField(default=0)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["state", "region"], name="producer_state_region")]

    def __str__(self) -> str:
        return self.register_no

    def scope_for(self, role: str) -> Scope:
        """Producers act for themselves; the keeper of the register acts for the region."""
        if role == "producer":
            return Scope(organisation=self.organisation.code)
        return Scope(region=self.region.kato)

    def in_force(self, on: date) -> bool:
        """Tell whether the entry counts on the day."""
        return self.state == "entered" and self.entered_on is not None and self.entered_on <= on


class ProductQuerySet(models.QuerySet["Product"]):
    """Questions products answer about themselves."""

    def valid_on(self, on: date) -> "ProductQuerySet":
        """Return products whose extract is valid on the day and whose producer is entered."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=on),
            producer__state="entered",
            valid_from__lte=on,
        )


class Product(models.Model):
    """A good a producer makes, with its codes, capacity, share and price without VAT."""

    LEDGERED = (
        "producer service category ens_tru tn_ved kpved agsk3 unit capacity_per_year "
        "in_country_share price_kzt price_low_kzt price_high_kzt valid_from valid_until"
    )

    code = models.CharField(max_length=16, unique=True, default=product_code)
    producer = models.ForeignKey(Producer, on_delete=models.PROTECT, related_name="products")
    name_kk = models.CharField(max_length=250)
    name_ru = models.CharField(max_length=250)
    name_en = models.CharField(max_length=250)
    description_kk = models.CharField(max_length=500, blank=True)
    description_ru = models.CharField(max_length=500, blank=True)
    description_en = models.CharField(max_length=500, blank=True)
    service = models.CharField(max_length=12, blank=True)  # networks.ServiceKind; empty: any
    category = models.CharField(max_length=32, blank=True)
    ens_tru = models.CharField(max_length=17, validators=[RegexValidator(ENS_TRU)])
    tn_ved = models.CharField(max_length=10, validators=[RegexValidator(TN_VED)])
    kpved = models.CharField(max_length=12, validators=[RegexValidator(KPVED)])
    agsk3 = models.CharField(max_length=16, blank=True, validators=[RegexValidator(AGSK3)])
    unit = models.CharField(max_length=16)
    capacity_per_year = models.DecimalField(
        max_digits=16, decimal_places=3, validators=[MinValueValidator(0)]
    )
    in_country_share = models.DecimalField(max_digits=5, decimal_places=4)
    price_kzt = models.DecimalField(max_digits=20, decimal_places=2)
    price_low_kzt = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    price_high_kzt = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        indexes = [
            models.Index(fields=["ens_tru"], name="product_ens_tru"),
            models.Index(fields=["service", "category"], name="product_service"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(in_country_share__gte=0) & Q(in_country_share__lte=1),
                name="product_share_0_1",
            ),
            models.CheckConstraint(condition=Q(price_kzt__gt=0), name="product_price_positive"),
        ]

    def __str__(self) -> str:
        return self.name_en

    @property
    def share_percent(self) -> float:
        """The in-country share in percent."""
        return float(self.in_country_share) * 100
