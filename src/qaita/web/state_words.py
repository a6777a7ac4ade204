"""Words and tones of every state of every life; the context of a message is the life's name."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from qaita.kernel.states import STATE_WORDS


@dataclass(frozen=True)
class Label:
    """Words and tone of a state: good, warn, bad, info or muted."""

    title: str | Promise
    tone: str = "muted"


# fmt: off
STATES: dict[str, dict[str, Label]] = {
    "section": {
        "in_service": Label(pgettext_lazy("section", "In service"), "good"),
        "in_works": Label(pgettext_lazy("section", "In works"), "warn"),
        "replaced": Label(pgettext_lazy("section", "Replaced"), "muted"),
        "retired": Label(pgettext_lazy("section", "Retired"), "muted"),
    },
    "import": {
        "read": Label(pgettext_lazy("import", "Read"), "info"),
        "loaded": Label(pgettext_lazy("import", "Loaded"), "good"),
        "dropped": Label(pgettext_lazy("import", "Dropped"), "muted"),
    },
    "project": {
        "draft": Label(pgettext_lazy("project", "Draft"), "muted"),
        "submitted": Label(pgettext_lazy("project", "Submitted"), "info"),
        "technically_checked": Label(pgettext_lazy("project", "Technically checked"), "info"),
        "financially_checked": Label(pgettext_lazy("project", "Financially checked"), "info"),
        "tariff_agreed": Label(pgettext_lazy("project", "Tariff agreed"), "info"),
        "confirmed": Label(pgettext_lazy("project", "Confirmed"), "info"),
        "choosing_contractor": Label(pgettext_lazy("project", "Choosing contractor"), "info"),
        "ready": Label(pgettext_lazy("project", "Ready to start"), "info"),
        "in_works": Label(pgettext_lazy("project", "In works"), "warn"),
        "done": Label(pgettext_lazy("project", "Done"), "good"),
        "returned": Label(pgettext_lazy("project", "Returned with remarks"), "bad"),
        "refused": Label(pgettext_lazy("project", "Refused"), "bad"),
    },
    "scenario": {
        "draft": Label(pgettext_lazy("scenario", "Draft"), "muted"),
        "run": Label(pgettext_lazy("scenario", "Computed"), "good"),
        "shelved": Label(pgettext_lazy("scenario", "Shelved"), "muted"),
    },
    "run": {
        "made": Label(pgettext_lazy("run", "Started"), "info"),
        "solved": Label(pgettext_lazy("run", "Solved"), "info"),
        "infeasible": Label(pgettext_lazy("run", "Limits clash"), "bad"),
        "adopted": Label(pgettext_lazy("run", "Adopted"), "good"),
        "superseded": Label(pgettext_lazy("run", "Superseded"), "muted"),
    },
    "country_scenario": {
        "draft": Label(pgettext_lazy("country_scenario", "Draft"), "muted"),
        "run": Label(pgettext_lazy("country_scenario", "Computed"), "good"),
        "shelved": Label(pgettext_lazy("country_scenario", "Shelved"), "muted"),
    },
    "country_run": {
        "queued": Label(pgettext_lazy("country_run", "Waiting"), "muted"),
        "running": Label(pgettext_lazy("country_run", "Being computed"), "warn"),
        "made": Label(pgettext_lazy("country_run", "Solved"), "info"),
        "infeasible": Label(pgettext_lazy("country_run", "Limits clash"), "bad"),
        "cancelled": Label(pgettext_lazy("country_run", "Stopped"), "muted"),
        "failed": Label(pgettext_lazy("country_run", "Failed"), "bad"),
        "adopted": Label(pgettext_lazy("country_run", "Adopted"), "good"),
        "superseded": Label(pgettext_lazy("country_run", "Superseded"), "muted"),
    },
    "instrument": {
        "proposed": Label(pgettext_lazy("instrument", "Proposed"), "info"),
        "committed": Label(pgettext_lazy("instrument", "Committed"), "good"),
        "withdrawn": Label(pgettext_lazy("instrument", "Withdrawn"), "muted"),
    },
    "tranche": {
        "planned": Label(pgettext_lazy("tranche", "Planned"), "info"),
        "received": Label(pgettext_lazy("tranche", "Received"), "good"),
    },
    "payment": {
        "due": Label(pgettext_lazy("payment", "Due"), "warn"),
        "released": Label(pgettext_lazy("payment", "Paid"), "good"),
    },
    "producer": {
        "applied": Label(pgettext_lazy("producer", "Applied"), "info"),
        "entered": Label(pgettext_lazy("producer", "In the register"), "good"),
        "declined": Label(pgettext_lazy("producer", "Declined"), "bad"),
        "suspended": Label(pgettext_lazy("producer", "Suspended"), "warn"),
        "excluded": Label(pgettext_lazy("producer", "Excluded"), "bad"),
        "left": Label(pgettext_lazy("producer", "Left"), "muted"),
    },
    "tender": {
        "draft": Label(pgettext_lazy("tender", "Draft"), "muted"),
        "open": Label(pgettext_lazy("tender", "Open for bids"), "good"),
        "closed": Label(pgettext_lazy("tender", "Bids sealed"), "info"),
        "admitted": Label(pgettext_lazy("tender", "Bidders admitted"), "info"),
        "opened": Label(pgettext_lazy("tender", "Bids opened"), "info"),
        "awarded": Label(pgettext_lazy("tender", "Awarded"), "info"),
        "concluded": Label(pgettext_lazy("tender", "Concluded"), "good"),
        "failed": Label(pgettext_lazy("tender", "Failed"), "bad"),
        "cancelled": Label(pgettext_lazy("tender", "Cancelled"), "muted"),
    },
    "question": {
        "asked": Label(pgettext_lazy("question", "Asked"), "info"),
        "answered": Label(pgettext_lazy("question", "Answered"), "good"),
        "withdrawn": Label(pgettext_lazy("question", "Withdrawn"), "muted"),
    },
    "bid": {
        "received": Label(pgettext_lazy("bid", "Received"), "info"),
        "withdrawn": Label(pgettext_lazy("bid", "Withdrawn"), "muted"),
        "admitted": Label(pgettext_lazy("bid", "Admitted"), "info"),
        "rejected": Label(pgettext_lazy("bid", "Rejected"), "bad"),
        "opened": Label(pgettext_lazy("bid", "Opened"), "good"),
        "invalid": Label(pgettext_lazy("bid", "Invalid"), "bad"),
    },
    "award": {
        "standing": Label(pgettext_lazy("award", "Standing"), "info"),
        "signed": Label(pgettext_lazy("award", "Contract signed"), "good"),
        "annulled": Label(pgettext_lazy("award", "Annulled"), "bad"),
        "declined": Label(pgettext_lazy("award", "Declined"), "bad"),
    },
    "complaint": {
        "filed": Label(pgettext_lazy("complaint", "Filed"), "warn"),
        "upheld": Label(pgettext_lazy("complaint", "Upheld"), "good"),
        "dismissed": Label(pgettext_lazy("complaint", "Dismissed"), "muted"),
        "withdrawn": Label(pgettext_lazy("complaint", "Withdrawn"), "muted"),
    },
    "contract": {
        "draft": Label(pgettext_lazy("contract", "Draft"), "muted"),
        "half_signed": Label(pgettext_lazy("contract", "Signed by one side"), "info"),
        "signed": Label(pgettext_lazy("contract", "Signed"), "info"),
        "running": Label(pgettext_lazy("contract", "Running"), "warn"),
        "completed": Label(pgettext_lazy("contract", "Completed"), "good"),
        "terminated": Label(pgettext_lazy("contract", "Terminated"), "bad"),
    },
    "amendment": {
        "proposed": Label(pgettext_lazy("amendment", "Proposed"), "info"),
        "in_force": Label(pgettext_lazy("amendment", "In force"), "good"),
        "declined": Label(pgettext_lazy("amendment", "Declined"), "bad"),
    },
    "site": {
        "opened": Label(pgettext_lazy("site", "Opened"), "info"),
        "running": Label(pgettext_lazy("site", "Works running"), "warn"),
        "completed": Label(pgettext_lazy("site", "Completed"), "good"),
    },
    "milestone": {
        "scheduled": Label(pgettext_lazy("milestone", "Scheduled"), "info"),
        "met": Label(pgettext_lazy("milestone", "Met"), "good"),
        "partially_met": Label(pgettext_lazy("milestone", "Partly met"), "warn"),
        "not_met": Label(pgettext_lazy("milestone", "Not met"), "bad"),
    },
    "dig_permit": {
        "open": Label(pgettext_lazy("dig_permit", "Open"), "warn"),
        "closed": Label(pgettext_lazy("dig_permit", "Closed"), "good"),
    },
    "as_built": {
        "recorded": Label(pgettext_lazy("as_built", "Recorded"), "info"),
        "withdrawn": Label(pgettext_lazy("as_built", "Withdrawn"), "muted"),
        "accepted": Label(pgettext_lazy("as_built", "Accepted"), "good"),
    },
    "act": {
        "drafted": Label(pgettext_lazy("act", "Drafted"), "muted"),
        "signing": Label(pgettext_lazy("act", "Being signed"), "info"),
        "accepted": Label(pgettext_lazy("act", "Accepted"), "good"),
        "refused": Label(pgettext_lazy("act", "Refused"), "bad"),
    },
    "outage": {
        "announced": Label(pgettext_lazy("outage", "Announced"), "info"),
        "running": Label(pgettext_lazy("outage", "Off now"), "bad"),
        "restored": Label(pgettext_lazy("outage", "Restored"), "good"),
        "cancelled": Label(pgettext_lazy("outage", "Cancelled"), "muted"),
    },
    "incident": {
        "proposed": Label(pgettext_lazy("incident", "Proposed"), "info"),
        "confirmed": Label(pgettext_lazy("incident", "Confirmed"), "bad"),
        "dismissed": Label(pgettext_lazy("incident", "Dismissed"), "muted"),
        "repaired": Label(pgettext_lazy("incident", "Repaired"), "good"),
        "closed": Label(pgettext_lazy("incident", "Closed"), "good"),
    },
    "appeal": {
        "received": Label(pgettext_lazy("appeal", "Received"), "info"),
        "accepted": Label(pgettext_lazy("appeal", "In work"), "info"),
        "forwarded": Label(pgettext_lazy("appeal", "Forwarded"), "info"),
        "extended": Label(pgettext_lazy("appeal", "Term extended"), "warn"),
        "answered": Label(pgettext_lazy("appeal", "Answered"), "good"),
        "closed": Label(pgettext_lazy("appeal", "Closed"), "good"),
        "closed_unfixed": Label(pgettext_lazy("appeal", "Closed, not fixed"), "bad"),
        "reopened": Label(pgettext_lazy("appeal", "Reopened"), "warn"),
    },
    "job": {
        "queued": Label(pgettext_lazy("job", "Waiting"), "info"),
        "running": Label(pgettext_lazy("job", "Running"), "info"),
        "done": Label(pgettext_lazy("job", "Done"), "good"),
        "failed": Label(pgettext_lazy("job", "Failed"), "bad"),
        "cancelled": Label(pgettext_lazy("job", "Cancelled"), "muted"),
    },
}
# fmt: on

STATE_WORDS.update(
    {(kind, state): label.title for kind, known in STATES.items() for state, label in known.items()}
)
