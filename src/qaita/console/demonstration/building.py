"""The works of a story: the site, the days, the hours without supply, the acceptance."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from qaita.console.demonstration.beside import WORKS_HOURS, acting, announce_works
from qaita.console.demonstration.laying import finish_works
from qaita.console.demonstration.story import Part, Story, later
from qaita.kernel.actor import Actor, Grant
from qaita.kernel.clock import day_of
from qaita.procurement.models import Contract
from qaita.turmys.services import restore_outage, start_outage
from qaita.works.services import DayWork, SitePlan, open_site, start_site, write_day_report


def build(story: Story, at: datetime) -> Iterator[datetime]:
    at = later(at, 5)
    yield at
    contract = Contract.objects.select_related("project__region", "buyer", "supplier").get(
        pk=story.contract.pk
    )
    builder = Actor(
        _person_of(story, contract), frozenset({Grant("supplier", contract.supplier.code)})
    )
    supervision = story.cast.people.of("supervisor").organisation
    story.site = open_site(contract, SitePlan(supervision=supervision), by=builder, at=at)
    start_site(story.site, by=builder, at=at)
    story.tell("site", at)
    for number, done in enumerate(DAYS):
        at = later(at, 4)
        yield at
        work = DayWork(day_of(at), done, workers=8 + story.seed % 7 + number, machines=2)
        write_day_report(story.site, work, by=builder, at=at)
        if story.cuts_off:
            at = yield from _cut_off(story, number, at)
    if story.goes_to("done"):
        at = later(at, 6)
        yield at
        finish_works(story.site, builder, story.cast, story.head.actor, story.seed, at)
        story.tell("accepted", at)


def _cut_off(story: Story, number: int, at: datetime) -> Part:
    """On the first day announce when supply goes off; on the second it goes and comes back."""
    crew = story.cast.people.of("dispatcher").person.code
    section = story.sections[0]
    by = acting(crew, "dispatcher", section.network)
    if number == 0:
        starts_at = later(at, 4)
        story.outage = announce_works(section, crew, story.project.code, starts_at, at)
    elif number == 1:
        start_outage(story.outage, by=by, at=at)
        at += timedelta(hours=WORKS_HOURS - 1)
        yield at
        restore_outage(story.outage, by=by, at=at)
    return at


DAYS = (
    "Орларды қазу, ескі құбырды ашу / Разработка траншеи, вскрытие старой трубы",
    "Жаңа құбырды төсеу және дәнекерлеу / Укладка и сварка новой трубы",
    "Қосу, көму / Врезка, обратная засыпка",
)


def _person_of(story: Story, contract: Contract) -> str:
    return next(
        side.person.code
        for side in story.cast.suppliers
        if side.organisation.pk == contract.supplier_id
    )
