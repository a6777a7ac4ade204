"""Rules of open contracting that no schema holds: each returns the sentences of what breaks it."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

Json = dict[str, Any]
OCID = re.compile(r"^ocds-[a-z0-9]{6}-.+")
PROJECT_ID = re.compile(r"^oc4ids-[a-z0-9]{6}-.+")


def walk(thing: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Return every object of a document with where it stands."""
    if isinstance(thing, dict):
        yield path, thing
        for key, value in thing.items():
            yield from walk(value, f"{path}/{key}")
    elif isinstance(thing, list):
        for number, value in enumerate(thing):
            yield from walk(value, f"{path}/{number}")


def faults_of_releases(releases: list[Json]) -> list[str]:
    """Return what is wrong with releases, oldest first."""
    found = [
        f"{key} twice" for key, count in Counter(r["id"] for r in releases).items() if count > 1
    ]
    dates = [datetime.fromisoformat(one["date"]) for one in releases]
    found += ["releases out of order"] if dates != sorted(dates) else []
    for one in releases:
        found += [f"{one['id'][:8]}: {what}" for what in _faults_of_release(one)]
    return found


def _faults_of_release(one: Json) -> Iterator[str]:
    if not OCID.match(one["ocid"]):
        yield f"{one['ocid']} has no prefix"
    yield from faults_of_money(one)
    yield from faults_of_parties(one)
    tender = one["tender"]
    if "tenderers" in tender and len(tender["tenderers"]) != tender["numberOfTenderers"]:
        yield "tenderers are counted wrongly"
    awards = {award["id"] for award in one.get("awards", [])}
    contracts = one.get("contracts", [])
    if orphans := {contract["awardID"] for contract in contracts} - awards:
        yield f"contracts of no award: {orphans}"
    for path, thing in walk(one):
        starts, ends = thing.get("startDate"), thing.get("endDate")
        if starts and ends and starts > ends:
            yield f"{path} ends before it begins"


def faults_of_money(document: Json) -> Iterator[str]:
    """Return amounts without a currency, and amounts below nothing."""
    for path, thing in walk(document):
        amount = thing.get("amount")
        if isinstance(amount, int | float):
            if thing.get("currency") != "KZT":
                yield f"{path} has no currency"
            if amount < 0:
                yield f"{path} is below nothing"


def faults_of_parties(document: Json) -> Iterator[str]:
    """Return references to organisations that are not among the parties, or named otherwise."""
    names = {party["id"]: party["name"] for party in document["parties"]}
    if len(names) != len(document["parties"]):
        yield "a party stands twice"
    for path, thing in walk({key: document[key] for key in document if key != "parties"}):
        if (
            str(thing.get("id", "")).startswith("KZ-BIN-")
            and names.get(thing["id"]) != thing["name"]
        ):
            yield f"{path} refers to no party"


def faults_of_projects(projects: list[Json], ocids: set[str]) -> list[str]:
    """Return what is wrong with projects; `ocids` are those of the releases."""
    found = [
        f"{key} twice" for key, count in Counter(p["id"] for p in projects).items() if count > 1
    ]
    for one in projects:
        broken = [*faults_of_money(one), *faults_of_parties(one)]
        if not PROJECT_ID.match(one["id"]):
            broken.append("no prefix")
        processes = {process["id"] for process in one.get("contractingProcesses", [])}
        broken += [f"{ocid} is in no release" for ocid in processes - ocids]
        found += [f"{one['id']}: {what}" for what in broken]
    return found
