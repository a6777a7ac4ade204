"""Which kinds of appeals each service knows, and the codes under which Open311 lists them."""

from dataclasses import dataclass

from qaita.appeals.models import Category
from qaita.networks.models import ServiceKind

_EVERYWHERE = (Category.NO_SUPPLY, Category.WEAK_SUPPLY, Category.BAD_QUALITY)
_LAST = (Category.DANGER, Category.WORKS, Category.METER, Category.OTHER)
BY_SERVICE: dict[str, tuple[Category, ...]] = {
    ServiceKind.HEAT: (*_EVERYWHERE[:2], Category.LEAK, *_LAST),
    ServiceKind.WATER: (*_EVERYWHERE, Category.LEAK, *_LAST),
    ServiceKind.WASTEWATER: (Category.FLOODING, Category.LEAK, *_LAST),
    ServiceKind.POWER: (*_EVERYWHERE, *_LAST),
    ServiceKind.GAS: (Category.GAS_SMELL, *_EVERYWHERE[:2], *_LAST),
}
# these tell of the network, so several of them close together may be one break
OF_THE_NETWORK = (
    Category.NO_SUPPLY,
    Category.WEAK_SUPPLY,
    Category.BAD_QUALITY,
    Category.LEAK,
    Category.FLOODING,
    Category.GAS_SMELL,
)


@dataclass(frozen=True)
class Subject:
    """A service with a category: one line of the list a person chooses from."""

    service: str
    category: str

    @property
    def code(self) -> str:
        """The code by which forms and Open311 name it."""
        return f"{self.service}.{self.category}"


def subjects() -> list[Subject]:
    """Return everything an appeal may be about."""
    return [Subject(str(s), str(c)) for s, many in BY_SERVICE.items() for c in many]


def subject_of(code: str) -> Subject | None:
    """Return the subject with this code."""
    return next((subject for subject in subjects() if subject.code == code), None)
