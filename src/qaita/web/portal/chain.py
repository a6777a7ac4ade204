"""The ten steps from a worn pipe to the tap, as the portal tells them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qaita.web.links import link

Words = str | Promise


@dataclass(frozen=True)
class Step:
    """One step of the chain with the page where it can be seen."""

    title: Words
    text: Words
    page: str

    @property
    def url(self) -> str:
        """The address of the page, or nothing while it is not there."""
        return link(self.page)


STEPS = (
    Step(
        _("A section has a passport"),
        _("Age, material, failures: every section of every network, with its own code."),
        "map",
    ),
    Step(
        _("Wear is counted twice"),
        _("By service life, as officially published, and by modelled condition. Side by side."),
        "utilities",
    ),
    Step(
        _("A plan is computed"),
        _("Which sections first, for this budget: with the reason for each and proof of optimum."),
        "programme",
    ),
    Step(
        _("The application is approved"),
        _("Five signatures, each with a term in working days. Late steps are public."),
        "projects",
    ),
    Step(
        _("Money is tied to the section"),
        _("Loans, subsidies, tariff: what it adds to a household's monthly bill."),
        "projects",
    ),
    Step(
        _("A sealed tender"),
        _("Bids stay locked, even from us, until the committee opens them together."),
        "tenders",
    ),
    Step(
        _("Works with evidence"),
        _("Photos with place and time, measured lines, daily reports."),
        "contracts",
    ),
    Step(
        _("Acceptance counts kilometres"),
        _("Only a signed act moves a kilometre from plan to fact, and only then money is paid."),
        "contracts",
    ),
    Step(
        _("The effect is measured"),
        _("Failures per kilometre before and after, or an honest “too early to say”."),
        "regions",
    ),
    Step(
        _("You can complain and check"),
        _("An appeal finds its section, and the whole road is in a ledger anyone can verify."),
        "ledger",
    ),
)


def chain_steps() -> tuple[Step, ...]:
    """Return the steps in their order."""
    return STEPS
