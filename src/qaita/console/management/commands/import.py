# ruff: noqa: N999  # the file is named as the verb
"""`./qaita import networks FILE`: read a file into a register, all of it or nothing."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from qaita.accounts.models import Organisation
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import day_of, now
from qaita.kernel.errors import Fault, Refused, sentences_of
from qaita.networks.errors import FaultyNetwork
from qaita.networks.importing.options import ReadOptions
from qaita.networks.importing.reading import read_network_file
from qaita.networks.importing.remarks import REMARKS
from qaita.networks.models import Import, ServiceKind, UtilityService
from qaita.networks.parsed import ParsedNetwork
from qaita.networks.queries import place_for_drawings
from qaita.networks.services import import_network, register_utility_service

FAULTY = 1


class Command(BaseCommand):
    """Read a network file."""

    help = "Read a file into a register: networks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what is read, whose it is, and how it is to be understood."""
        parser.add_argument("register", choices=["networks"])
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--utility", default="", metavar="CODE", help="code or BIN of the owner"
        )
        parser.add_argument("--service", choices=ServiceKind.values, default="water")
        parser.add_argument("--name", default="", help="name of the network; else the file's")
        parser.add_argument("--check", action="store_true", help="list faults, store nothing")
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument(
            "--mapping",
            nargs="*",
            metavar="OURS=THEIRS",
            help="columns of the file, such as material=MAT; alone: show the proposal and stop",
        )
        parser.add_argument("--crs", default="", help="coordinate system, such as EPSG:32643")
        parser.add_argument("--at", default="", metavar="LON,LAT", help="where a drawing is put")
        parser.add_argument("--encoding", default="utf-8", help="of text files")
        parser.add_argument(
            "--litres", type=float, default=200.0, help="a day and consumer, in INP"
        )

    @no_translations
    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Read, tell the faults or store."""
        only_look = options["check"] or options["mapping"] == []
        owner = None if only_look else _owner(options["utility"], options["service"])
        read = read_network_file(
            options["file"], service=options["service"], options=_read_options(options, owner)
        )
        if isinstance(read, list):
            self._tell_faults(read, as_json=options["json"])
        elif owner is None:
            self._tell_check(read, as_json=options["json"])
        else:
            self._store(read, owner, options)

    def _store(self, parsed: ParsedNetwork, owner: UtilityService, options: dict[str, Any]) -> None:
        name = options["name"] or Path(parsed.file_name).stem
        try:
            load = import_network(parsed, utility_service=owner, name=name, by=SYSTEM, at=now())
        except FaultyNetwork as faulty:
            self._tell_faults(faulty.faults, as_json=options["json"])
            return
        except Refused as refused:
            raise CommandError(" ".join(sentences_of(refused))) from None
        self._tell_load(load, as_json=options["json"])

    def _tell_load(self, load: Import, *, as_json: bool) -> None:
        network = load.network
        if network is None:
            raise CommandError("The import holds no network.")
        told = {"import": load.code, "network": network.code, "counts": load.counts}
        told |= {"mapping": load.mapping, "sha256": load.file_sha256}
        if as_json:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        self.stdout.write(f"Import {load.code}: network {network.code}, {_sizes(load.counts)}.")
        self._tell_remarks(load.mapping.get("remarks", []))

    def _tell_check(self, parsed: ParsedNetwork, *, as_json: bool) -> None:
        counts = {
            "nodes": len(parsed.nodes),
            "sections": len(parsed.sections),
            "equipment": len(parsed.equipment),
            "failures": len(parsed.failures),
            "inspections": len(parsed.inspections),
        }
        if as_json:
            told: dict[str, Any] = {"faults": [], "counts": counts, "mapping": parsed.mapping}
            told["remarks"] = [remark.as_dict() for remark in parsed.remarks]
            self.stdout.write(json.dumps({**told, "crs": parsed.crs}, ensure_ascii=False))
            return
        self.stdout.write(f"Can be loaded: {_sizes(counts)}. {parsed.crs}")
        for ours, theirs in parsed.mapping.items():
            self.stdout.write(f"  {ours}: {theirs}")
        self._tell_remarks([remark.as_dict() for remark in parsed.remarks])

    def _tell_remarks(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            self.stdout.write(f"  [{row['part']}] ({row['count']}): {REMARKS[row['rule']]}")

    def _tell_faults(self, faults: list[Fault], *, as_json: bool) -> None:
        if as_json:
            rows = [fault.as_dict() for fault in faults]
            self.stdout.write(json.dumps({"faults": rows}, ensure_ascii=False))
        else:
            for fault in faults:
                self.stdout.write(_sentence(fault))
            told = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
            self.stdout.write(f"{told}; nothing was stored.")
        raise SystemExit(FAULTY)


def _sentence(fault: Fault) -> str:
    place = " ".join(part for part in (fault.table, fault.column) if part)
    rows = ", ".join(str(row) for row in fault.rows[:10])
    more = " …" if len(fault.rows) > 10 else ""
    where = f"{place}, row {rows}{more}" if rows else place
    example = f" [{fault.value}]" if fault.value else ""
    return f"{where}: {fault.text}{example} ({fault.rule})"


def _sizes(counts: dict[str, Any]) -> str:
    return ", ".join(f"{value:,} {name}" for name, value in counts.items() if value)


def _pairs(words: list[str] | None) -> dict[str, str]:
    pairs = {}
    for word in words or ():
        ours, sign, theirs = word.partition("=")
        if not sign:
            raise CommandError(f"Write the mapping as OURS=THEIRS, not {word}.")
        pairs[ours.strip()] = theirs.strip()
    return pairs


def _read_options(options: dict[str, Any], owner: UtilityService | None) -> ReadOptions:
    return ReadOptions(
        crs=options["crs"],
        at=_place(options["at"], owner),
        encoding=options["encoding"],
        mapping=_pairs(options["mapping"]),
        litres_per_consumer_day=options["litres"],
        on=day_of(now()),
    )


def _place(text: str, owner: UtilityService | None) -> tuple[float, float] | None:
    """Return where a drawing goes: as said, else the largest town of the owner's region."""
    if text:
        try:
            lon, lat = (float(part) for part in text.split(","))
        except ValueError:
            raise CommandError("Write the place as LON,LAT, such as 76.95,52.28.") from None
        return lon, lat
    return place_for_drawings(owner) if owner else None


def _owner(code: str, service: str) -> UtilityService:
    """Return the utility's service by the code or BIN of the utility, or by its own code."""
    if not code:
        raise CommandError("Say whose network it is: --utility CODE; or only look: --check.")
    known = UtilityService.objects.filter(code=code).first()
    if known is not None:
        return known
    organisation = (
        Organisation.objects.filter(code=code).first()
        or Organisation.objects.filter(bin=code).first()
    )
    if organisation is None or organisation.region is None:
        raise CommandError(f"There is no utility {code}.")
    return register_utility_service(
        organisation, service=service, region=organisation.region, by=SYSTEM, at=now()
    )
