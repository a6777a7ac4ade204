"""Who may report from a site."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.actor import Actor
from qaita.kernel.errors import Reason, Refused
from qaita.kernel.states import role_words
from qaita.works.errors import NOT_RUNNING
from qaita.works.models import Site


def require_side(action: str, site: Site, roles: tuple[str, ...], by: Actor) -> None:
    """Refuse whoever does not stand on one of these sides of the site."""
    if not any(by.may(role, site.scope_for(role)) for role in roles):
        reason = Reason(
            "not_your_role",
            _("This step belongs to another role or organisation: %(roles)s.")
            % {"roles": role_words(roles)},
        )
        raise Refused(action, [reason])


def hold_site(site: Site) -> None:
    """Hold the site until the transaction ends, and know its state as it is now.

    Whatever counts or numbers what belongs to a site holds it first.
    """
    Site.objects.select_for_update(of=("self",)).get(pk=site.pk)
    site.refresh_from_db(fields=["state"])


def require_running(action: str, site: Site) -> None:
    """Refuse reports from a site that has not begun or is complete."""
    if site.state != "running":
        raise Refused(action, [NOT_RUNNING])
