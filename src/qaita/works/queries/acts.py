"""Questions about acts of acceptance and their signatures."""

from django.db.models import QuerySet

from qaita.accounts.models import Signature
from qaita.kernel.actor import Actor
from qaita.kernel.errors import Missing
from qaita.programme.models import Project
from qaita.works.models import (
    Act,
)
from qaita.works.queries.sites import rules_of, sites_for


def get_act(code: str) -> Act:
    """Return exactly one act, or raise Missing."""
    try:
        return Act.objects.select_related(
            "site__supplier", "site__utility", "site__supervision", "site__project"
        ).get(code=code)
    except Act.DoesNotExist:
        raise Missing("act", code) from None


def public_acts() -> QuerySet[Act]:
    """Return every act the public sees: all that were sent to be signed."""
    return Act.objects.exclude(state="drafted").select_related("site__project", "site__supplier")


def acts_of(project: Project) -> QuerySet[Act]:
    """Return the acts of a project, oldest first."""
    return (
        Act.objects.filter(site__project=project)
        .select_related("site__supplier")
        .order_by("drafted_on", "id")
    )


def acts_to_sign(actor: Actor) -> QuerySet[Act]:
    """Return the acts that wait for a signature of the actor's side."""
    signed = Signature.objects.filter(person__code=actor.code).values("subject_code")
    return (
        Act.objects.filter(state="signing", site__in=sites_for(actor))
        .exclude(code__in=signed)
        .select_related("site__project", "site__supplier", "site__contract")
    )


def sides_signed(act: Act) -> dict[str, Signature]:
    """Return who signed this very document, by role."""
    rows = Signature.objects.filter(
        subject_code=act.code, document_sha256=act.document_sha256
    ).select_related("person")
    return {row.role: row for row in rows}


def sides_missing(act: Act) -> list[str]:
    """Return the roles of the law's quorum that have not signed."""
    signed = sides_signed(act)
    return [role for role in rules_of(act.site).quorum if role not in signed]
