"""What a walk through the chain tells: stages, figures, the addresses of their pages."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from qaita.console.demonstration.beside import Burst
from qaita.console.demonstration.one_chain import Walk
from qaita.disclosure.contracting.parts import Place
from qaita.disclosure.contracting.releases import ocid_of, project_id, releases
from qaita.effects.queries import effect_of
from qaita.kernel.clock import KAZAKHSTAN, day_of
from qaita.ledger.queries import proof_of, timeline, verify_folder
from qaita.networks.models import Section
from qaita.networks.queries import data_quality, wear_of
from qaita.planning.queries import needs_of
from qaita.turmys.models import Outage

Told = tuple[str, str, str]  # stage, figures, address


def stages_of(walk: Walk) -> Iterator[Told]:
    """Return every stage, its figures and the address of its page, in the order of the chain."""
    yield from _beginning(walk)
    if walk.born is None:
        yield "plan", "the plan renews nothing under these limits; the chain ends here", ""
        return
    yield from _middle(walk)
    yield from _around(walk)
    yield _opened(walk)


def _opened(walk: Walk) -> Told:
    """Tell what the open data say of this project."""
    ocid = ocid_of(walk.story.tender)
    mine = [row for row in releases(Place(settings.PUBLIC_ADDRESS)) if row["ocid"] == ocid]
    tags = ", ".join(dict.fromkeys(tag for row in mine for tag in row["tag"]))
    return (
        "publication",
        f"OCDS {ocid}: {len(mine)} releases ({tags}); OC4IDS {project_id(walk.story.project.code)}",
        "/data/ocds/releases.jsonl",
    )


def proof_told(born: Section) -> Told | None:
    """Check all leaves and the proof of the section's birth from the published files."""
    index = timeline(born.code)[0].index
    if index is None:
        return None
    proof = proof_of(index)
    folder = Path(settings.LEDGER_DIR)
    verified = verify_folder(folder, (folder / "key").read_text())
    return (
        "proof",
        f"entry {index} of {proof.size}: {len(proof.path)} hashes to the signed root; "
        f"all {verified.leaves} leaves verified",
        reverse("portal:entry", args=[index]),
    )


def _beginning(walk: Walk) -> Iterator[Told]:
    counts, network = walk.parsed, walk.network
    length_km = sum(s.length_m for s in network.sections.all()) / 1000
    made = f" (generated: {', '.join(walk.generated)})" if walk.generated else ""
    yield (
        "asset",
        f"{len(counts.sections)} sections, {len(counts.nodes)} nodes, {length_km:.1f} km, "
        f"{len(counts.failures)} failures{made}",
        reverse("portal:utility", args=[walk.utility.code]),
    )
    figures = wear_of(network, on=day_of(walk.at))[0]
    quality = data_quality(network, on=day_of(walk.at))
    yield (
        "wear",
        f"past norm {figures.share_past_norm:.1%}, modelled {figures.modelled_condition:.1%}, "
        f"zone {figures.zone}, data quality {quality.score_share:.2f}",
        reverse("portal:region", args=[network.region.kato]),
    )
    needs = needs_of(network)
    yield (
        "need",
        f"{needs.count():,} sections in need, gathered into {len(walk.packages):,} packages of "
        f"{sum(package.length_m for package in walk.packages) / 1000:.1f} km",
        "",
    )
    if walk.packages:
        run = walk.run
        yield (
            "plan",
            f"{run.lines.filter(option='replace').count():,} packages chosen for five years, "
            f"value {run.objective_kzt or 0:,} KZT, "
            f"gap {run.gap_share or 0:.2%}, inputs {run.inputs_digest[:12]}",
            reverse("portal:run", args=[run.code]),
        )


def _middle(walk: Walk) -> Iterator[Told]:
    story = walk.story
    project, contract = story.project, story.contract
    project.refresh_from_db()
    page = reverse("portal:project", args=[project.code])
    signed = ", ".join(chapter for chapter, _at in story.told)
    yield (
        "application",
        f"{project.code} {project.state}, {project.length_planned_m / 1000:.2f} km: {signed}",
        page,
    )
    paid_kzt = sum(payment.amount_kzt for payment in project.payments.all())
    yield (
        "money",
        f"estimate {project.cost_kzt:,} KZT, bill +{project.bill_rise_kzt} KZT a month; "
        f"paid {paid_kzt:,} KZT against the accepted act",
        page,
    )
    yield (
        "tender",
        f"{story.tender.bids.count()} sealed bids opened by 3 of 5 keys; "
        f"contract {contract.sum_kzt:,} KZT",
        reverse("portal:tender", args=[story.tender.code]),
    )
    new = Section.objects.filter(born_of=project.code)
    yield (
        "works",
        f"{len(story.sections)} sections replaced by {new.count()}, "
        f"{sum(section.length_m for section in new):.0f} m accepted",
        reverse("portal:contract", args=[contract.code]),
    )
    effect = effect_of(project, day_of(walk.at))
    yield "effect", str(effect.sentence), reverse("portal:effects")


def _around(walk: Walk) -> Iterator[Told]:
    """Tell of the burst before the works, the outage of the works, the meters."""
    if walk.burst is not None:
        yield from _burst(walk.burst)
    if walk.story.outage is not None:
        yield from _off("works", walk.story.outage)
    batch, row = walk.metered.batch, walk.metered.balances[-1]
    lost = row.losses_value / row.supply_value if row.supply_value else 0.0
    yield (
        "readings",
        f"{batch.taken_count} taken, {batch.quarantined_count} in quarantine "
        f"({', '.join(sorted(batch.reasons))}); {row.month_on:%Y-%m}: supplied "
        f"{row.supply_value:,} {row.unit}, billed {row.billed_value:,}, lost {lost:.1%}",
        reverse("v1:list_balances", args=[walk.network.code]),
    )


def _burst(burst: Burst) -> Iterator[Told]:
    appeal, incident, outage = burst.appeals[0], burst.incident, burst.outage
    appeal.refresh_from_db()
    late = "late" if day_of(appeal.answered_at or appeal.received_at) > appeal.due_on else "in time"
    yield (
        "appeal",
        f"{len(burst.appeals)} calls from one street; {appeal.code} filed "
        f"{day_of(appeal.received_at)}, due {appeal.due_on}, {appeal.state} {late}; "
        f"incident {incident.code} {incident.state}, failure {incident.failure_code}",
        reverse("portal:appeal", args=[appeal.code]),
    )
    yield from _off("burst", outage)


def _off(why: str, outage: Outage) -> Iterator[Told]:
    states = " → ".join(outage.notices.order_by("number").values_list("outage_state", flat=True))
    starts_at = outage.starts_at.astimezone(KAZAKHSTAN)
    yield (
        "outage",
        f"{why}, {starts_at:%Y-%m-%d %H:%M}: {states}; consumers off: "
        f"{outage.consumers_off:,}, sections without supply: {outage.sections.count():,}",
        reverse("portal:outage", args=[outage.code]),
    )
    yield "", "as CAP 1.2", reverse("alert", args=[outage.code])
