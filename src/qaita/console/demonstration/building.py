"""The works of a story: the site, the days, the hours without supply, the acceptance."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from qaita.console.demonstration.beside import WORKS_HOURS, acting, announce_works, most_behind
from qaita.console.demonstration.laying import STAGES, ask_acceptance, finish_works, take_pictures
from qaita.console.demonstration.story import Part, Story, later
from qaita.kernel.actor import Actor, Grant
from qaita.kernel.clock import day_of
from qaita.kernel.money import tenge
from qaita.law.workdays import add_working_days
from qaita.networks.models import Section
from qaita.procurement.models import Contract
from qaita.procurement.services import propose_amendment
from qaita.turmys.services import restore_outage, start_outage
from qaita.works.models import Evidence
from qaita.works.services import (
    DayWork,
    SitePlan,
    judge_milestone,
    open_permit,
    open_site,
    plan_milestones,
    start_site,
    write_day_report,
)

POINTS = (
    ("Алаң дайын, трасса белгіленді", "Площадка готова, трасса разбита", "Ground ready, route set"),
    ("Құбыр төселді", "Труба уложена", "Pipe laid"),
    ("Беті қалпына келтірілді", "Покрытие восстановлено", "Surface restored"),
)
DAYS = (
    "Орларды қазу, ескі құбырды ашу / Разработка траншеи, вскрытие старой трубы",
    "Жаңа құбырды төсеу және дәнекерлеу / Укладка и сварка новой трубы",
    "Қосу, көму / Врезка, обратная засыпка",
)
NEW_SOIL = "Жер асты суы жоба бойынша болжанғаннан жоғары. / Грунтовые воды выше, чем в проекте."


def build(story: Story, at: datetime) -> Iterator[datetime]:
    """Tell the works as far as the story goes."""
    at = later(at, 5)
    yield at
    builder = _begin(story, at)
    off = _section_to_close(story)
    for number, done in enumerate(DAYS):
        at = later(at, 4)
        yield at
        work = DayWork(day_of(at), done, workers=8 + story.seed % 7 + number, machines=2)
        write_day_report(story.site, work, by=builder, at=at)
        if number < len(STAGES) - 1:
            take_pictures(story.site, STAGES[number : number + 1], builder, story.seed, at)
        if number == 0:
            _judge_first(story, at)
        if off is not None:
            at = yield from _cut_off(story, off, number, at)
    if story.ending == "digging":
        _change(story, builder, at)
    if story.goes_to("done") or story.ending == "act":
        at = later(at, 6)
        yield at
        _end(story, builder, at)


def _begin(story: Story, at: datetime) -> Actor:
    """Open and start the site; promise its points."""
    contract = Contract.objects.select_related("project__region", "buyer", "supplier").get(
        pk=story.contract.pk
    )
    story.contract = contract
    builder = Actor(
        _person_of(story, contract), frozenset({Grant("supplier", contract.supplier.code)})
    )
    supervision = story.cast.people.of("supervisor").organisation
    story.site = open_site(contract, SitePlan(supervision=supervision), by=builder, at=at)
    start_site(story.site, by=builder, at=at)
    days = (add_working_days(day_of(at), 4 + 10 * number) for number in range(len(POINTS)))
    plan_milestones(story.site, list(zip(POINTS, days, strict=True)), by=builder, at=at)
    story.tell("site", at)
    return builder


def _judge_first(story: Story, at: datetime) -> None:
    """The supervisor sees the ground ready by its picture."""
    first = story.site.milestones.order_by("number").first()
    shown = list(Evidence.objects.filter(site=story.site))
    if first is not None:
        supervisor = story.cast.signer("supervisor")
        judge_milestone(first, "meet", evidence=shown, by=supervisor, at=at)


def _change(story: Story, builder: Actor, at: datetime) -> None:
    """The ground is open under a permit, and the buyer asks for a longer term."""
    on = day_of(at)
    until_on = add_working_days(on, 30)
    open_permit(story.site, number="DEMO-17", issued_on=on, until_on=until_on, by=builder, at=at)
    propose_amendment(
        story.contract,
        ground="design_change",
        reason=NEW_SOIL,
        change=(tenge(story.contract.sum_kzt / 50), story.contract.ends_on + timedelta(days=30)),
        by=story.head.actor,
        at=at,
    )


def _end(story: Story, builder: Actor, at: datetime) -> None:
    """Survey and show what was laid; then all sign, or all but the builder are awaited."""
    supervisor = story.cast.signer("supervisor")
    act = ask_acceptance(story.site, builder, supervisor, story.seed, at)
    if story.ending == "act":
        return
    finish_works(act, supervisor, story.head.actor, at)
    shown = list(Evidence.objects.filter(site=story.site))
    for point in story.site.milestones.filter(state="scheduled").order_by("number"):
        judge_milestone(point, "meet", evidence=shown, by=supervisor, at=at)
    story.tell("accepted", at)


def _section_to_close(story: Story) -> Section | None:
    """Return the section of the project that most people hang on, when its works cut them off."""
    return most_behind(story.sections) if story.cuts_off else None


def _cut_off(story: Story, section: Section, number: int, at: datetime) -> Part:
    """On the first day announce when supply goes off; on the second it goes and comes back."""
    crew = story.cast.people.of("dispatcher").person.code
    by = acting(crew, "dispatcher", section.network)
    if number == 0:
        starts_at = later(at, 4)
        story.outage = announce_works(section, crew, story.project.code, starts_at, at)
    elif number == 1 and story.outage is not None:
        start_outage(story.outage, by=by, at=at)
        at += timedelta(hours=WORKS_HOURS - 1)
        yield at
        restore_outage(story.outage, by=by, at=at)
    return at


def _person_of(story: Story, contract: Contract) -> str:
    return next(
        side.person.code
        for side in story.cast.suppliers
        if side.organisation.pk == contract.supplier_id
    )
