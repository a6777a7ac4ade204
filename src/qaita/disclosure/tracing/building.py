"""From the site to the effect: works, act, payment, the new section, what it changed."""

from django.utils.translation import gettext_lazy as _

from qaita.accounts.roles import ROLES
from qaita.disclosure.tracing.beginning import INSTRUMENTS, Subject
from qaita.disclosure.tracing.parts import DONE, NOW, Figure, Page, Picture, Step
from qaita.effects.queries import effect_of
from qaita.funding.models import Payment
from qaita.kernel.clock import day_of
from qaita.works.models import Act
from qaita.works.queries import sides_signed

MOST_PICTURES = 6


def works_step(subject: Subject) -> Step:
    """The site: days, pictures, checks, permits."""
    site, title = subject.site, _("Works and evidence")
    if site is None:
        return Step("works", title, sentence=_("The site has not been opened yet."))
    pictures = list(site.evidence.all())
    flagged = sum(bool(picture.flags) for picture in pictures)
    figures = [
        Figure(_("State"), site.state, "site_state"),
        Figure(_("Day reports"), site.reports.count(), "number"),
        Figure(_("Pictures"), len(pictures), "number"),
        Figure(_("Pictures flagged"), flagged, "number"),
    ]
    if subject.line is not None:
        line = subject.line
        figures += [
            Figure(_("Distance from the design, m"), line.deviation_m, "rate"),
            Figure(_("Checks passed"), line.checks.filter(is_passed=True).count(), "number"),
        ]
    return Step(
        "works",
        title,
        DONE if site.state == "completed" else NOW,
        site.started_on or site.opened_on,
        figures=tuple(figures),
        page=Page("project", site.project.code),
        codes=(site.code, *((subject.line.code,) if subject.line else ())),
        pictures=tuple(
            Picture(one.code, one.stage, tuple(one.flags)) for one in pictures[:MOST_PICTURES]
        ),
    )


def act_of(subject: Subject) -> Act | None:
    """Return the act that took the line over."""
    if subject.line is not None and subject.line.act is not None:
        return subject.line.act
    return None


def act_step(subject: Subject) -> Step:
    """The act with everybody who signed it."""
    act, title = act_of(subject), _("Act of acceptance")
    if act is None or act.state == "refused":
        return Step("act", title, sentence=_("Nothing has been accepted yet."))
    figures = [
        Figure(_("State"), act.state, "act_state"),
        Figure(_("Length accepted"), act.length_m, "length_m"),
        Figure(_("Sum accepted"), act.amount_kzt, "kzt"),
    ]
    if act.penalty_kzt:
        figures.append(Figure(_("Penalty for delay"), act.penalty_kzt, "kzt"))
    figures += [
        Figure(ROLES[role], day_of(signature.at), "day")
        for role, signature in sides_signed(act).items()
    ]
    if act.warranty_until_on:
        figures.append(Figure(_("Warranty until"), act.warranty_until_on, "day"))
    return Step(
        "act",
        title,
        DONE if act.accepted_at else NOW,
        day_of(act.accepted_at) if act.accepted_at else act.drafted_on,
        figures=tuple(figures),
        source=f"SHA-256 {act.document_sha256[:16]}…",
        page=Page("act", act.code) if act.state != "drafted" else None,
        codes=(act.code,),
    )


def payment_step(subject: Subject) -> Step:
    """Money that left against this act."""
    act, title = act_of(subject), _("Payment")
    rows = list(Payment.objects.filter(act_code=act.code)) if act else []
    if not rows:
        return Step("payment", title, sentence=_("Nothing has been paid for this section yet."))
    return Step(
        "payment",
        title,
        DONE if all(row.state == "released" for row in rows) else NOW,
        max(day_of(row.made_at) for row in rows),
        figures=tuple(
            Figure(INSTRUMENTS[row.instrument.kind], row.amount_kzt, "kzt") for row in rows
        ),
        page=Page("project", rows[0].project.code),
        codes=tuple(row.code for row in rows),
    )


def new_section_step(subject: Subject) -> Step:
    """The section that lies there now: the only source of a kilometre done."""
    new, title = subject.new, _("New section")
    if new is None:
        return Step("new_section", title, sentence=_("The old section still lies there."))
    figures = [
        Figure(_("Length, measured from the accepted line"), new.length_m, "length_m"),
        Figure(_("Material"), new.material, "material"),
    ]
    if new.diameter_mm:
        figures.append(Figure(_("Diameter, mm"), new.diameter_mm, "number"))
    return Step(
        "new_section",
        title,
        DONE,
        new.valid_from or new.laid_on,
        figures=tuple(figures),
        page=Page("section", new.code),
        codes=(new.code,),
    )


def effect_step(subject: Subject) -> Step:
    """Failures before and after, with the honest sentence."""
    project, title = subject.project, _("Effect on the service")
    if project is None or subject.new is None:
        return Step("effect", title, sentence=_("There is nothing to compare yet."))
    effect = effect_of(project, subject.on)
    figures = []
    if effect.before:
        figures.append(Figure(_("Failures per km a year before"), effect.before.value, "rate"))
    if effect.after:
        figures.append(Figure(_("Failures per km a year after"), effect.after.value, "rate"))
    figures.append(Figure(_("Days since acceptance"), effect.days_after, "number"))
    return Step(
        "effect",
        title,
        DONE if effect.enough else NOW,
        subject.on,
        sentence=effect.sentence,
        figures=tuple(figures),
        page=Page("effects", ""),
    )
