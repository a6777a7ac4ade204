"""What works has waiting for a person."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.kernel.actor import Actor
from qaita.web.desk.items import QueueItem
from qaita.web.middleware import Request
from qaita.works.queries import (
    acts_to_sign,
    contracts_without_site,
    milestones_to_judge,
    permits_to_close,
    rules_of,
    sites_for,
)

SIDES = frozenset({"supplier", "supervisor", "utility_engineer", "utility_head"})


def queue(request: Request) -> list[QueueItem]:
    """Return sites to open and run, acts to sign, milestones to judge, permits to close."""
    actor = request.actor
    if not SIDES & actor.roles:
        return []
    return [*_acts(actor), *_contracts(actor), *_sites(actor), *_supervision(actor)]


def _acts(actor: Actor) -> Iterator[QueueItem]:
    for act in acts_to_sign(actor):
        quorum = rules_of(act.site).quorum
        roles = [role for role in quorum if actor.may(role, act.site.scope_for(role))]
        if roles:
            yield QueueItem(
                _("Sign act %(code)s") % {"code": act.code},
                act.site.project.code,
                reverse("works:act", args=[act.code]),
                act.site.ends_on,
                "warn",
                roles[0],
            )


def _contracts(actor: Actor) -> Iterator[QueueItem]:
    for contract in contracts_without_site(actor):
        yield QueueItem(
            _("Open the site of contract %(code)s") % {"code": contract.code},
            contract.project.code,
            reverse("works:open", args=[contract.code]),
            contract.starts_on,
            "info",
        )


def _sites(actor: Actor) -> Iterator[QueueItem]:
    if not actor.has("supplier"):
        return
    for site in sites_for(actor).filter(state__in=("opened", "running")):
        begun = site.state == "running"
        text = _("Report the day, send pictures and the line as laid") if begun else _("Begin")
        yield QueueItem(
            _("Site %(code)s") % {"code": site.code},
            text,
            reverse("works:site", args=[site.code]),
            site.ends_on,
            "info",
            "supplier",
        )


def _supervision(actor: Actor) -> Iterator[QueueItem]:
    if not actor.has("supervisor"):
        return
    for milestone in milestones_to_judge(actor):
        yield QueueItem(
            _("Judge a milestone of site %(code)s") % {"code": milestone.site.code},
            "",
            reverse("works:milestone", args=[milestone.code]),
            milestone.due_on,
            "warn",
            "supervisor",
        )
    for permit in permits_to_close(actor):
        yield QueueItem(
            _("Close dig permit %(number)s when the surface is restored")
            % {"number": permit.number},
            permit.site.code,
            reverse("works:site", args=[permit.site.code]) + "#permits",
            permit.until_on,
            "warn",
            "supervisor",
        )
