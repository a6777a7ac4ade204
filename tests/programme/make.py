"""An application with everybody who signs it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from qaita.funding.services import Terms, commit_funding, estimate_tariff
from qaita.kernel.actor import SYSTEM, Actor
from qaita.programme.models import Project
from qaita.programme.services import VERBS, Draft, draft_project
from tests.accounts.make import make_organisation
from tests.planning.make import AT, Scene, make_scene, make_signing

STEPS = ("submit", "check_technically", "check_financially", "agree_tariff", "confirm")
LATER = AT + timedelta(days=1)


@dataclass(frozen=True)
class Cast:
    """The scene and every signatory."""

    scene: Scene
    signers: dict[str, Actor]  # action → who signs it
    lender: Actor
    office: Actor


def make_cast(scene: Scene | None = None) -> Cast:
    scene = scene or make_scene()
    others = {
        role: make_signing(role, make_organisation(role, f"Demo {role}"))
        for role in (
            "technical_operator",
            "financial_operator",
            "regulator",
            "akimat",
            "programme_office",
        )
    }
    signers = {
        "submit": scene.head,
        "check_technically": others["technical_operator"],
        "check_financially": others["financial_operator"],
        "agree_tariff": others["regulator"],
        "confirm": others["akimat"],
    }
    return Cast(scene, signers, others["financial_operator"], others["programme_office"])


def make_project(cast: Cast, sections: slice = slice(0, 4), year: int = 2027) -> Project:
    chosen = list(cast.scene.network.sections.order_by("name"))[sections]
    draft = Draft(cast.scene.utility, chosen, year)
    return draft_project(draft, by=cast.scene.engineer, at=AT)


def fund(project: Project, share: str = "1") -> None:
    terms = Terms("loan", project.cost_kzt * Decimal(share), 18.0, 10.0, 15.0, "Demo Bank")
    commit_funding(project, terms, by=SYSTEM, at=AT)
    estimate_tariff(project, by=SYSTEM, at=AT)


def walk(project: Project, cast: Cast, until: str) -> Project:
    """Take the application through the signatures up to and with the step."""
    for action in STEPS[: STEPS.index(until) + 1]:
        if action == "check_financially" and project.committed_kzt == 0:
            fund(project)
        VERBS[action](project, by=cast.signers[action], at=AT)
    return project
