"""Regions, districts and settlements with their outlines and names in three languages."""

from django.db import models


class Region(models.Model):
    """A region (oblast or city of republican status); `kato` is the two-digit head of KATO."""

    kato = models.CharField(max_length=2, unique=True)
    iso = models.CharField(max_length=6, unique=True)
    name_kk = models.CharField(max_length=120)
    name_ru = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    centre_lon_deg = models.FloatField(default=0)
    centre_lat_deg = models.FloatField(default=0)

    class Meta:
        ordering = ["kato"]

    def __str__(self) -> str:
        return self.name_en


class RegionBorder(models.Model):
    """The region's border: for overview maps, and as WKB to ask in which region a point lies.

    It stands apart so that reading a region does not read its border.
    """

    region = models.OneToOneField(Region, on_delete=models.CASCADE, related_name="border")
    outline = models.JSONField(default=list)  # rings of [lon, lat], simplified
    wkb = models.BinaryField()

    def __str__(self) -> str:
        return self.region.kato


class District(models.Model):
    """A district of a region; filled when a source of districts is loaded."""

    kato = models.CharField(max_length=9, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="districts")
    name_kk = models.CharField(max_length=120)
    name_ru = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    class Meta:
        ordering = ["kato"]

    def __str__(self) -> str:
        return self.name_en


class Settlement(models.Model):
    """A town or village with its point and population."""

    code = models.CharField(max_length=16, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="settlements")
    name_kk = models.CharField(max_length=120)
    name_ru = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    lon_deg = models.FloatField()
    lat_deg = models.FloatField()
    population = models.PositiveIntegerField(default=0)  # 0: the source does not know it
    names_transliterated = models.BooleanField(default=False)  # a name was spelled by rule
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["-population", "code"]

    def __str__(self) -> str:
        return self.name_en

    @property
    def is_own_region(self) -> bool:
        """Tell whether the town is a region by itself: the city of Astana lies in Astana."""
        return self.region.name_ru.removeprefix("город ") == self.name_ru
