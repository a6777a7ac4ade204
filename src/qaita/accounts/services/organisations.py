"""Registering organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from qaita.accounts.bins import is_bin
from qaita.accounts.errors import BAD_BIN, BIN_TAKEN, NAME_NEEDED, NOT_KEEPER, UNKNOWN_KIND
from qaita.accounts.models import Organisation, OrganisationKind, organisation_code
from qaita.accounts.roles import is_keeper
from qaita.kernel.actor import Actor
from qaita.kernel.errors import Refused, Text, Wrong
from qaita.ledger.leaves import make_entry
from qaita.ledger.services import record_many
from qaita.territory.models import Region


@dataclass(frozen=True)
class NewOrganisation:
    """What is told of an organisation when it is registered."""

    bin: str
    kind: str
    name_kk: str
    name_ru: str
    name_en: str
    region: Region | None = None
    address: str = ""
    is_demonstration: bool = False
    code: str = ""  # given by imports and demonstrations only


def register_organisation(facts: NewOrganisation, *, by: Actor, at: datetime) -> Organisation:
    """Register one organisation by its BIN."""
    return register_organisations([facts], by=by, at=at)[0]


def register_organisations(
    many: Sequence[NewOrganisation], *, by: Actor, at: datetime
) -> list[Organisation]:
    """Register many organisations, all or none."""
    if not is_keeper(by):
        raise Refused("organisation.register", [NOT_KEEPER])
    bins = [facts.bin for facts in many]
    taken = set(Organisation.objects.filter(bin__in=bins).values_list("bin", flat=True))
    for facts in many:
        _require_sound(facts, taken)
        taken.add(facts.bin)
    with transaction.atomic():
        organisations = Organisation.objects.bulk_create(
            [_organisation_from(facts) for facts in many], batch_size=500
        )
        record_many(
            make_entry(
                kind="organisation.register",
                code=row.code,
                actor=by.code,
                at=at,
                facts={"bin": row.bin, "kind": row.kind, "demonstration": row.is_demonstration},
            )
            for row in organisations
        )
    return organisations


def _require_sound(facts: NewOrganisation, taken: set[str]) -> None:
    wrong: dict[str, list[Text]] = {}
    if not is_bin(facts.bin):
        wrong["bin"] = [BAD_BIN]
    elif facts.bin in taken:
        wrong["bin"] = [BIN_TAKEN]
    if facts.kind not in OrganisationKind.values:
        wrong["kind"] = [UNKNOWN_KIND]
    for name in ("name_kk", "name_ru", "name_en"):
        if not getattr(facts, name).strip():
            wrong[name] = [NAME_NEEDED]
    if wrong:
        raise Wrong(wrong)


def _organisation_from(facts: NewOrganisation) -> Organisation:
    return Organisation(
        code=facts.code or organisation_code(),
        bin=facts.bin,
        kind=facts.kind,
        name_kk=facts.name_kk.strip(),
        name_ru=facts.name_ru.strip(),
        name_en=facts.name_en.strip(),
        region=facts.region,
        address=facts.address,
        is_demonstration=facts.is_demonstration,
    )
