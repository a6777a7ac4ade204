"""Long work of networks: files are read and loaded, and what each section carries is computed.

Each may run twice: a file that is read or loaded already is not taken again.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

from django_tasks import task

from qaita.jobs.models import Job
from qaita.jobs.queries import get_job
from qaita.jobs.services import begin_job, doing_job, finish_job, queue_job, report_progress
from qaita.kernel.actor import Actor
from qaita.kernel.clock import now
from qaita.kernel.errors import Refused
from qaita.kernel.states import Ask
from qaita.networks.errors import HAS_FAULTS
from qaita.networks.importing.options import ReadOptions
from qaita.networks.models import Import, Network, UtilityService
from qaita.networks.services import (
    compute_criticality,
    load_upload,
    read_upload,
    reread_upload,
)
from qaita.networks.states import ENGINEERS, IMPORT, require_role

READ, REREAD, LOAD = "networks.read", "networks.reread", "networks.load"
COMPUTE = "networks.criticality"
Step = Callable[[Job, Actor], Import]


def queue_reading(
    path: Path, *, utility_service: UtilityService, options: ReadOptions, by: Actor, at: datetime
) -> Job:
    """Ask for a kept file to be read."""
    scope = Import(utility_service=utility_service, read_at=at).scope_for("utility_engineer")
    require_role("import.read", by, ENGINEERS, scope)
    said = {"path": str(path), "owner": utility_service.code, "options": _plain(options)}
    return _queued(READ, utility_service.code, said, by=by, at=at)


def queue_rereading(
    upload: Import, *, path: Path, options: ReadOptions, by: Actor, at: datetime
) -> Job:
    """Ask for the file of an import to be read by another mapping."""
    IMPORT.check("load", Ask(upload, by, at))
    said = {"path": str(path), "import": upload.code, "options": _plain(options)}
    return _queued(REREAD, upload.code, said, by=by, at=at)


def queue_loading(
    upload: Import, *, path: Path, name: tuple[str, str, str], by: Actor, at: datetime
) -> Job:
    """Ask for a faultless file to be stored in the register."""
    IMPORT.check("load", Ask(upload, by, at))
    if upload.faults:
        raise Refused("import.load", [HAS_FAULTS])
    said = {"path": str(path), "import": upload.code, "name": list(name)}
    return _queued(LOAD, upload.code, said, by=by, at=at)


def queue_criticality(network: Network, *, by: Actor, at: datetime) -> Job:
    """Ask what each section of a network carries."""
    require_role("criticality", by, ENGINEERS, network.scope_for("utility_engineer"))
    job = queue_job(COMPUTE, network.code, by=by, at=at)
    job.resume = {"name": network.name_en}
    job.save(update_fields=["resume"])
    work_on_criticality.enqueue(job.code)
    job.refresh_from_db()
    return job


@task()
def work_on_criticality(job_code: str) -> None:
    """Compute what each section of a job's network carries; keep it unless the job was stopped."""
    job = get_job(job_code)
    if job.is_over:
        return
    with doing_job(job, now) as by:
        begin_job(job, at=now())
        network = Network.objects.select_related("utility_service").get(code=job.subject)
        told = partial(report_progress, job)
        compute_criticality(network, by=by, at=job.queued_at, told=told)
        finish_job(job, {"network": network.code}, at=now())


@task()
def work_on_file(job_code: str) -> None:
    """Read or load the file of a job; what went wrong is told on the job's page."""
    job = get_job(job_code)
    if job.is_over:
        return
    with doing_job(job, now) as by:
        begin_job(job, at=now())
        made = STEPS[job.kind](job, by)
        finish_job(job, {"import": made.code}, at=now())


def _queued(kind: str, subject: str, said: Mapping[str, object], *, by: Actor, at: datetime) -> Job:
    job = queue_job(kind, subject, by=by, at=at)
    job.resume = dict(said)
    job.save(update_fields=["resume"])
    work_on_file.enqueue(job.code)
    job.refresh_from_db()
    return job


def _plain(options: ReadOptions) -> dict[str, object]:
    said = asdict(options)
    said.pop("on")
    return said


def _options(job: Job) -> ReadOptions:
    said = dict(job.resume["options"])
    place = said.pop("at")
    return ReadOptions(**said, at=tuple(place) if place else None)


def _read(job: Job, by: Actor) -> Import:
    owner = UtilityService.objects.select_related("organisation", "region")
    return read_upload(
        Path(job.resume["path"]),
        utility_service=owner.get(code=job.resume["owner"]),
        options=_options(job),
        told=partial(report_progress, job),
        by=by,
        at=job.queued_at,
    )


def _reread(job: Job, by: Actor) -> Import:
    return reread_upload(
        _import(job),
        path=Path(job.resume["path"]),
        options=_options(job),
        told=partial(report_progress, job),
        by=by,
        at=job.queued_at,
    )


def _load(job: Job, by: Actor) -> Import:
    name: tuple[str, str, str] = tuple(job.resume["name"])
    return load_upload(
        _import(job),
        path=Path(job.resume["path"]),
        name=name,
        told=partial(report_progress, job),
        by=by,
        at=job.queued_at,
    )


def _import(job: Job) -> Import:
    rows = Import.objects.select_related("utility_service__organisation", "utility_service__region")
    return rows.get(code=job.resume["import"])


STEPS: dict[str, Step] = {READ: _read, REREAD: _reread, LOAD: _load}
