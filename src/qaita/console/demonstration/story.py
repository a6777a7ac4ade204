"""One project of the demonstration: whose, how far it goes, what it has become so far."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from qaita.accounts.models import Organisation
from qaita.console.demonstration.cast import Cast, Side
from qaita.kernel.clock import day_of
from qaita.law.workdays import add_working_days
from qaita.networks.models import Section
from qaita.planning.models import Line
from qaita.procurement.models import Contract, Lot, Tender
from qaita.programme.models import Project
from qaita.turmys.models import Outage
from qaita.works.models import Site

Steps = Iterator[datetime]
Part = Generator[datetime, None, datetime]  # a stretch of a story; returns its last instant
# How far a story may go, in the order of the chain.
CHAPTERS = (
    "draft",
    "submitted",
    "technically_checked",
    "financially_checked",
    "tariff_agreed",
    "confirmed",
    "choosing_contractor",
    "ready",
    "in_works",
    "done",
)


@dataclass
class Story:
    """One project: whose, which sections, how far it goes, and what it has become so far."""

    cast: Cast
    utility: Organisation
    sections: Sequence[Section]
    until: str
    begins_at: datetime
    seed: int
    line: Line | None = None
    ending: str = ""  # the point inside the chapter at which it stands today
    lead: str = ""  # what the supplier of the printed sign-ins does: wins, loses, is away
    cuts_off: bool = False  # supply goes off while the new line is joined in
    project: Project = field(init=False)
    tender: Tender = field(init=False)
    lot: Lot = field(init=False)
    contract: Contract = field(init=False)
    site: Site = field(init=False)
    outage: Outage | None = None
    told: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def head(self) -> Side:
        """The head of the utility."""
        return self.cast.heads[self.utility.code]

    def goes_to(self, chapter: str) -> bool:
        """Tell whether the story reaches the chapter."""
        return CHAPTERS.index(self.until) >= CHAPTERS.index(chapter)

    def tell(self, chapter: str, at: datetime) -> None:
        """Note a chapter for those who listen."""
        self.told.append((chapter, at))


def later(at: datetime, working_days: int) -> datetime:
    """Return ten in the morning of Kazakhstan so many working days on."""
    day = add_working_days(day_of(at), working_days)
    return datetime.combine(day, time(5), UTC)
