"""Places for tests, without reading the borders."""

from qaita.territory.models import Region
from qaita.territory.sources import read_names


def make_region(kato: str = "55") -> Region:
    """Make one real region without its outline."""
    name = read_names("region_names.yaml")[kato]
    region, _made = Region.objects.get_or_create(
        kato=kato,
        defaults={
            "iso": f"KZ-{kato}",
            "name_kk": name["kk"],
            "name_ru": name["ru"],
            "name_en": name["en"],
        },
    )
    return region
