"""Loads targets, drafts applications and takes them through the five signatures."""

from qaita.programme.services.applying import apply_for_packages
from qaita.programme.services.decisions import (
    VERBS,
    Decision,
    agree_tariff,
    check_financially,
    check_technically,
    confirm_project,
    extend_step,
    refuse_project,
    return_project,
    submit_project,
)
from qaita.programme.services.drafts import Draft, draft_project, draft_projects, revise_estimate
from qaita.programme.services.progress import (
    begin_procurement,
    begin_project_works,
    complete_project,
    mark_ready,
    note_bill_rise,
    note_commitment,
    reopen_procurement,
)
from qaita.programme.services.publishing import load_targets
from qaita.programme.services.swaps import swap_packages

__all__ = [
    "VERBS",
    "Decision",
    "Draft",
    "agree_tariff",
    "apply_for_packages",
    "begin_procurement",
    "begin_project_works",
    "check_financially",
    "check_technically",
    "complete_project",
    "confirm_project",
    "draft_project",
    "draft_projects",
    "extend_step",
    "load_targets",
    "mark_ready",
    "note_bill_rise",
    "note_commitment",
    "refuse_project",
    "reopen_procurement",
    "return_project",
    "revise_estimate",
    "submit_project",
    "swap_packages",
]
