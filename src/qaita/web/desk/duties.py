"""What each role comes to the desk for: an introduction, pages, and words for a quiet day."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Page:
    """A page the role often opens."""

    name: str
    title: str | Promise

    @property
    def url(self) -> str:
        """The address, or nothing while the page is not there."""
        try:
            return reverse(self.name)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Duty:
    """One role's home."""

    lead: str | Promise
    quiet: str | Promise
    pages: tuple[Page, ...]

    def open_pages(self) -> list[Page]:
        """Return the pages that lead somewhere."""
        return [page for page in self.pages if page.url]


NETWORKS = Page("networks:home", _("Networks and imports"))
PLANS = Page("planning:home", _("Needs and plans"))
COUNTRY = Page("planning:country", _("Plan of the country"))
PROJECTS = Page("programme:home", _("Projects and applications"))
MONEY = Page("funding:home", _("Money and payments"))
TENDERS = Page("procurement:tenders", _("Tenders and contracts"))
SITES = Page("works:sites", _("Sites and acceptance"))
EFFECTS = Page("effects:home", _("Effect of works"))
OUTAGES = Page("turmys:home", _("Incidents and outages"))
DISTRICTS = Page("turmys:districts", _("Metering districts"))
OFF_NOW = Page("portal:outages", _("Outages"))
APPEALS = Page("appeals:home", _("Appeals"))
PRODUCERS = Page("producers:register", _("Register of producers"))
LEDGER = Page("portal:ledger", _("Public ledger"))
JOBS = Page("desk:jobs", _("Jobs"))
LAW = Page("portal:law", _("Rules and their sources"))
PEOPLE = Page("accounts:people", _("People and roles"))
ORGANISATIONS = Page("accounts:organisations", _("Organisations"))
DATA = Page("portal:data", _("Open data"))

NOTHING_WAITS = _("Nothing waits for you now.")

DUTIES = {
    "utility_engineer": Duty(
        _("Keep the register of networks, see what is worn, prepare applications, report works."),
        _("Nothing waits. Import a network or record failures, so that wear is known."),
        (NETWORKS, PLANS, PROJECTS, TENDERS, SITES, DISTRICTS, EFFECTS),
    ),
    "utility_head": Duty(
        _("Sign applications, contracts and acts for the utility."),
        _("Nothing waits for your signature. Your engineers prepare applications and acts."),
        (PLANS, PROJECTS, TENDERS, SITES, MONEY, EFFECTS, PEOPLE),
    ),
    "technical_operator": Duty(
        _("Check the technical side of applications within the legal term."),
        _("No application waits for a technical check."),
        (PROJECTS, SITES, LAW),
    ),
    "financial_operator": Duty(
        _("Check the money of applications and release payments against accepted acts."),
        _("No application or payment waits for you."),
        (PROJECTS, MONEY, LAW),
    ),
    "regulator": Duty(
        _("Agree tariff estimates and watch the red zone."),
        _("No tariff estimate waits for agreement."),
        (PROJECTS, MONEY, LAW),
    ),
    "akimat": Duty(
        _("Follow and agree the works in your region."),
        _("Nothing in your region waits for you."),
        (PROJECTS, OFF_NOW, LAW),
    ),
    "programme_office": Duty(
        _("Lead the programme: confirm projects, watch figures, give roles."),
        _("No project waits for confirmation. The programme page shows plan and fact."),
        (PROJECTS, COUNTRY, PLANS, TENDERS, MONEY, PRODUCERS, EFFECTS, PEOPLE, ORGANISATIONS),
    ),
    "producer": Duty(
        _("Keep your register entry and products current; see the demand of coming years."),
        _("Nothing waits. Keep prices and capacity of your products current."),
        (PRODUCERS, TENDERS),
    ),
    "supplier": Duty(
        _("Find tenders, bid sealed, report works with evidence."),
        _("Nothing waits. Look for open tenders."),
        (TENDERS, SITES),
    ),
    "committee_member": Duty(
        _("Admit bidders, open bids with your key share, evaluate."),
        _("No tender waits for your share or your vote."),
        (TENDERS,),
    ),
    "supervisor": Duty(
        _("Watch works on site and sign acts of acceptance."),
        _("No act waits for your signature."),
        (SITES,),
    ),
    "dispatcher": Duty(
        _("Run incidents and outages: whom a closure cuts off, when service returns."),
        _("No incident is open. Announce planned outages in time."),
        (OUTAGES, APPEALS, DISTRICTS, NETWORKS),
    ),
    "call_operator": Duty(
        _("Take calls: see what is off at the address, register the appeal, answer in time."),
        _("No appeal waits for an answer."),
        (APPEALS, OFF_NOW),
    ),
    "auditor": Duty(
        _("Follow any tenge and any metre both ways; check the ledger yourself."),
        NOTHING_WAITS,
        (PROJECTS, TENDERS, MONEY, SITES, LEDGER, DATA),
    ),
    "sysadmin": Duty(
        _("Keep the system running: people, organisations, keys, backups."),
        _("Nothing waits. ./qaita backup keeps a copy; ./qaita ledger verify proves the ledger."),
        (JOBS, PEOPLE, ORGANISATIONS, LEDGER, DATA),
    ),
}
