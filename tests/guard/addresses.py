"""Every address of the house, and which thing stands in it: a new one has to be entered here."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

# Addresses that change something → the thing whose code stands in them ("" for none).
WRITES: dict[str, str] = {
    "accounts:certificates": "",
    "accounts:end_certificate": "certificate",
    "accounts:grant": "person",
    "accounts:invite": "",
    "accounts:keys": "",
    "accounts:language": "",
    "accounts:register": "",
    "accounts:revoke": "person",
    "accounts:revoke_key": "api_key",
    "appeals:accept": "appeal",
    "appeals:answer": "appeal",
    "appeals:extend": "appeal",
    "appeals:forward": "appeal",
    "appeals:phone": "",
    "appeals:unfixed": "appeal",
    "appeals:word": "appeal",
    "funding:estimate": "project",
    "funding:project": "project",
    "funding:receive": "tranche",
    "funding:tranche": "instrument",
    "funding:withdraw": "instrument",
    "networks:cancel_job": "job",
    "networks:compute": "network",
    "networks:drop": "import",
    "networks:equipment": "section",
    "networks:failure": "section",
    "networks:inspection": "section",
    "networks:load": "import",
    "networks:merge": "",
    "networks:reread": "import",
    "networks:retire": "section",
    "networks:split": "section",
    "networks:upload": "",
    "planning:adopt": "run",
    "planning:country_adopt": "country_run",
    "planning:country_cancel": "country_run",
    "planning:country_money": "country_run",
    "planning:country_new": "",
    "planning:country_relax": "country_run",
    "planning:country_shelve": "country_scenario",
    "planning:country_start": "country_scenario",
    "planning:country_swap": "country_run",
    "planning:country_trial_keep": "job",
    "planning:country_trial_stop": "job",
    "planning:country_upload": "",
    "planning:form": "service",
    "planning:new": "",
    "planning:scenario": "scenario",
    "planning:shelve": "scenario",
    "planning:start": "scenario",
    "procurement:admission": "tender",
    "procurement:affiliations": "",
    "procurement:amend": "contract",
    "procurement:amendment": "amendment",
    "procurement:announce": "tender",
    "procurement:answer": "question",
    "procurement:ask": "tender",
    "procurement:award": "lot",
    "procurement:bid": "lot",
    "procurement:cancel": "tender",
    "procurement:complain": "award",
    "procurement:complete": "contract",
    "procurement:debar": "supplier",
    "procurement:decline": "award",
    "procurement:draft": "award",
    "procurement:edit": "tender",
    "procurement:fail": "tender",
    "procurement:judge": "bid",
    "procurement:key": "",
    "procurement:new": "project",
    "procurement:open": "tender",
    "procurement:resolve": "complaint",
    "procurement:shares": "tender",
    "procurement:sign": "contract",
    "procurement:start": "contract",
    "procurement:terminate": "contract",
    "procurement:withdraw_bid": "bid",
    "procurement:withdraw_complaint": "complaint",
    "procurement:withdraw_question": "question",
    "producers:apply": "",
    "producers:decide": "producer",
    "producers:new_product": "producer",
    "producers:product": "product",
    "producers:withdraw": "product",
    "programme:decide": "project",
    "programme:extend": "project",
    "programme:new": "run",
    "programme:new_from_country": "service",
    "programme:revise": "project",
    "turmys:announce": "",
    "turmys:balance": "",
    "turmys:confirm": "incident",
    "turmys:incident_close": "incident",
    "turmys:incident_dismiss": "incident",
    "turmys:incident_repair": "incident",
    "turmys:meters": "district",
    "turmys:new_district": "",
    "turmys:outage_cancel": "outage",
    "turmys:outage_restore": "outage",
    "turmys:outage_start": "outage",
    "turmys:take": "",
    "turmys:update": "outage",
    "works:check": "line",
    "works:draft": "site",
    "works:evidence": "site",
    "works:line": "site",
    "works:material": "line",
    "works:measure": "site",
    "works:milestone": "milestone",
    "works:open": "contract",
    "works:permit": "site",
    "works:permit_close": "permit",
    "works:plan": "site",
    "works:refuse": "act",
    "works:report": "site",
    "works:send": "act",
    "works:sign": "act",
    "works:start": "site",
    "works:withdraw": "line",
}  # fmt: skip
# Addresses that only show.
READS: dict[str, str] = {
    "accounts:document_file": "signature",
    "accounts:organisations": "",
    "accounts:people": "",
    "accounts:person": "person",
    "accounts:roots_file": "",
    "accounts:signature_file": "signature",
    "accounts:signatures": "act",
    "appeals:appeal": "appeal",
    "appeals:home": "",
    "desk:home": "",
    "effects:home": "",
    "funding:home": "",
    "networks:criticality": "network",
    "networks:failures": "section",
    "networks:faults": "import",
    "networks:home": "",
    "networks:import": "import",
    "networks:inspections": "section",
    "networks:job": "job",
    "networks:section": "section",
    "networks:sections": "",
    "networks:sheet": "",
    "networks:workbook": "",
    "planning:country": "",
    "planning:country_compare": "country_run",
    "planning:country_compare_map": "country_run",
    "planning:country_compare_tile": "country_run",
    "planning:country_limits": "",
    "planning:country_packages": "country_run",
    "planning:country_run": "country_run",
    "planning:country_run_map": "country_run",
    "planning:country_run_tile": "country_run",
    "planning:country_scenario": "country_scenario",
    "planning:country_trial": "job",
    "planning:home": "",
    "planning:run": "run",
    "procurement:address": "lot",
    "procurement:contract": "contract",
    "procurement:contracts": "",
    "procurement:demonstration_key": "",
    "procurement:document": "contract",
    "procurement:envelopes": "tender",
    "procurement:local_value": "contract",
    "procurement:receipt": "bid",
    "procurement:tender": "tender",
    "procurement:tenders": "",
    "producers:producer": "producer",
    "producers:register": "",
    "programme:home": "",
    "programme:project": "project",
    "desk:jobs": "",
    "turmys:balances": "",
    "turmys:batch": "batch",
    "turmys:district": "district",
    "turmys:districts": "",
    "turmys:home": "",
    "turmys:incident": "incident",
    "turmys:incidents": "",
    "turmys:outage": "outage",
    "turmys:outages": "",
    "turmys:readings": "",
    "works:act": "act",
    "works:bill_template": "contract",
    "works:diary": "site",
    "works:site": "site",
    "works:sites": "",
}
FAR_TILE = {"z": "5", "x": "22", "y": "10"}
# What else stands in an address.
MORE: dict[str, dict[str, str]] = {
    "networks:sheet": {"language": "en"},
    "networks:workbook": {"language": "en"},
    "planning:country_compare": {"other": "country_run"},  # the code of another
    "planning:country_compare_map": {"other": "country_run"},
    "planning:country_compare_tile": {"other": "country_run", **FAR_TILE},
    "planning:country_relax": {"number": "0"},
    "planning:country_run_tile": FAR_TILE,
    "planning:country_limits": {"begin": "law", "form": "csv"},
    "planning:country_new": {"begin": "law"},
    "procurement:amendment": {"verdict": "accept"},
    "procurement:debar": {"subject": "contract"},  # the code of one
    "producers:decide": {"action": "enter"},
}
# Doors for everybody, without a session: anybody may knock, so they are not asked here.
PUBLIC_WRITES = {
    "portal:appeal", "portal:appeal_close", "portal:appeal_new", "portal:appeal_rate",
    "portal:appeal_reopen", "open311:requests", "v1:send_readings",
}  # fmt: skip
UNKNOWN = (
    "{names}: enter each into tests/guard/addresses.py, under WRITES when its view changes anything"
    " (then nobody of another organisation or region may reach it), under READS when it only shows."
)


class Address(NamedTuple):
    """One address as the resolver knows it."""

    name: str
    pattern: URLPattern
    route: str


def addresses(
    resolver: URLResolver | None = None, spaces: str = "", route: str = ""
) -> Iterator[Address]:
    """Walk the whole resolver."""
    for one in (resolver or get_resolver()).url_patterns:
        here = route + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{spaces}{one.namespace}:" if one.namespace else spaces
            yield from addresses(one, inner, here)
        else:
            yield Address(f"{spaces}{one.name or ''}", one, here)


@cache
def desk_addresses() -> dict[str, Address]:
    """Return every address of the desk by its name."""
    return {one.name: one for one in addresses() if "/desk/" in one.route}
