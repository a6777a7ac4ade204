"""The life of a project, from a draft to renewed kilometres."""

# ruff: noqa: E501  # a table reads by its columns

from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Actor, Scope
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Reason
from qaita.kernel.states import Ask, Row, StateTable
from qaita.programme.errors import NO_SECTIONS, NO_TARIFF, NOT_ACCEPTED, NOT_FUNDED
from qaita.programme.guards import dependency_reason, overlap_reason, warranty_reason
from qaita.programme.models import Project
from qaita.programme.queries import accepted_sections_of, running_clock

FUNNEL = (
    "draft", "submitted", "technically_checked", "financially_checked", "tariff_agreed",
    "confirmed", "choosing_contractor", "ready", "in_works", "done",
)  # fmt: skip


APPLICANTS = ("utility_engineer", "utility_head", "system")


def may_apply(by: Actor, utility: Organisation) -> bool:
    """Tell whether this person makes applications for a utility."""
    return any(by.may(role, Scope(utility.code)) for role in APPLICANTS)


def has_sections(ask: Ask[Project]) -> Reason | None:
    """Refuse an application about nothing."""
    return None if ask.subject.sections.exists() else NO_SECTIONS


def no_overlap(ask: Ask[Project]) -> Reason | None:
    """Refuse a section that another live project already renews."""
    return overlap_reason(ask.subject)


def no_warranty(ask: Ask[Project]) -> Reason | None:
    """Refuse a section that is still under warranty."""
    return warranty_reason(ask.subject, on=day_of(ask.at))


def upstream_lives(ask: Ask[Project]) -> Reason | None:
    """Refuse pipes behind a plant that is itself past its life."""
    return dependency_reason(ask.subject, on=day_of(ask.at))


def in_time(ask: Ask[Project]) -> Reason | None:
    """Refuse a step whose legal term has ended and was not extended in public."""
    clock = running_clock(ask.subject)
    if clock is None or clock.due_on >= day_of(ask.at):
        return None
    return Reason(
        "late",
        _(
            "The term of this step ended on %(day)s. The programme office extends it first, "
            "with a reason that everybody sees."
        )
        % {"day": f"{clock.due_on:%d.%m.%Y}"},
    )


def is_funded(ask: Ask[Project]) -> Reason | None:
    """Refuse a plan of money that does not cover the estimate."""
    return None if ask.subject.committed_kzt >= ask.subject.cost_kzt else NOT_FUNDED


def bill_is_known(ask: Ask[Project]) -> Reason | None:
    """Refuse a tariff whose effect nobody has computed."""
    return None if ask.subject.bill_rise_kzt is not None else NO_TARIFF


def has_accepted_length(ask: Ask[Project]) -> Reason | None:
    """Refuse to call done what no acceptance has renewed."""
    return None if accepted_sections_of(ask.subject).exists() else NOT_ACCEPTED


# The customer's signature is the akimat's: communal networks are its property (assumed).
# fmt: off
SITE_CHECKS = (has_sections, no_overlap, no_warranty, upstream_lives)
PROJECT: StateTable[Project] = StateTable("project", initial="draft", rows=[
    #   action               from                       to                     by                    only when
    Row("submit",            ("draft", "returned"),     "submitted",           "utility_head",       SITE_CHECKS),
    Row("check_technically", ("submitted",),            "technically_checked", "technical_operator", (in_time, no_overlap, no_warranty)),
    Row("check_financially", ("technically_checked",),  "financially_checked", "financial_operator", (in_time, is_funded)),
    Row("agree_tariff",      ("financially_checked",),  "tariff_agreed",       "regulator",          (in_time, bill_is_known)),
    Row("confirm",           ("tariff_agreed",),        "confirmed",           "akimat",             (in_time, is_funded, no_overlap)),
    Row("return",            ("submitted",),            "returned",            "technical_operator", (in_time,)),
    Row("return",            ("technically_checked",),  "returned",            "financial_operator", (in_time,)),
    Row("return",            ("financially_checked",),  "returned",            "regulator",          (in_time,)),
    Row("return",            ("tariff_agreed",),        "returned",            "akimat",             (in_time,)),
    Row("refuse",            ("submitted",),            "refused",             "technical_operator", (in_time,)),
    Row("refuse",            ("technically_checked",),  "refused",             "financial_operator", (in_time,)),
    Row("refuse",            ("financially_checked",),  "refused",             "regulator",          (in_time,)),
    Row("refuse",            ("tariff_agreed",),        "refused",             "akimat",             (in_time,)),
    # From here later rooms tell: a tender announced, a contract signed, a site opened, an act accepted.
    Row("begin_procurement", ("confirmed",),            "choosing_contractor", "system"),
    Row("reopen",            ("choosing_contractor", "ready"), "confirmed",    "system"),
    Row("mark_ready",        ("choosing_contractor",),  "ready",               "system"),
    Row("begin_works",       ("ready",),                "in_works",            "system"),
    Row("complete",          ("in_works",),             "done",                "system",             (has_accepted_length,)),
])
# fmt: on
