"""What a kilometre costs. Values, sources and start days: `parameters/unit_prices.yaml`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qaita.law.reading import read_topic, values_on


@dataclass(frozen=True)
class UnitPrices:
    """Prices per kilometre by service, size class and material."""

    price_per_km: dict[str, int]
    pipe_class_percent: dict[str, int]
    line_class_percent: dict[str, int]
    material_percent: dict[str, int]
    new_material: dict[str, str]
    region_percent: dict[str, int]
    surface_percent: dict[str, int]
    retrofit_percent: dict[str, int]
    retrofit_materials: dict[str, list[str]]
    retrofit_size_least: dict[str, int]
    retrofit_size_most: dict[str, int]
    materials_percent: dict[str, int]
    works_domestic_percent: float
    product_domestic_percent: dict[str, int]
    product_kpved: dict[str, str]

    def material_after(self, service: str, material: str) -> str:
        """Return what is laid in the place of a section of this material."""
        return self.new_material.get(material, self.new_material[service])

    def per_km_kzt(self, service: str, size: float | None, material: str) -> Decimal:
        """Return tenge per km of a new section of this size (mm, or kV of a line)."""
        classes = self.line_class_percent if service == "power" else self.pipe_class_percent
        limits = sorted(classes, key=int)
        fitting = [limit for limit in limits if size is not None and size <= int(limit)]
        # An unknown size costs what the average does.
        size_percent = classes[fitting[0]] if fitting else 100
        percent = Decimal(size_percent) * Decimal(self.material_percent.get(material, 100))
        return Decimal(self.price_per_km[service]) * percent / 10_000


def unit_prices(*, on: date) -> UnitPrices:
    """Return the values in force on the day."""
    return values_on("unit_prices", UnitPrices, on)


def price_source(on: date) -> str:
    """Return the key of the source on which the prices of the day rest."""
    value = read_topic("unit_prices")["price_per_km"].at(on)
    return value.source.key if value else ""
