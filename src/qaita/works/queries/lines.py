"""Questions about lines as laid: against the design, accepted, under warranty."""

from dataclasses import dataclass

import numpy as np
from django.db.models import F, QuerySet, Sum
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason
from qaita.networks.geometry import unpack
from qaita.networks.models import Failure, Section
from qaita.programme.models import Project
from qaita.works.corridor import Coordinates, to_plane
from qaita.works.errors import (
    CHECK_MISSING,
    LENGTH_DIFFERS,
    OFF_DESIGN,
    WRONG_DIAMETER,
    WRONG_MATERIAL,
)
from qaita.works.models import Act, AsBuilt, Site
from qaita.works.queries.sites import rules_of

TINY = 1e-9
NEAR_SHARE = 0.15  # of the site's size: pictures farther off are not drawn


@dataclass(frozen=True)
class Difference:
    """One row of the table that sets the laid line beside its design."""

    name: str
    title: str | Promise
    design: str
    laid: str
    tolerance: str
    is_within: bool
    reason: Reason


def design_of(sections: QuerySet[Section] | list[Section]) -> list[Coordinates]:
    """Return the design line: where the renewed sections lie in the register."""
    return [unpack(section.geometry) for section in sections]


def checks_missing(line: AsBuilt) -> list[str]:
    """Return the kinds of checks the law wants and the line has not passed."""
    passed = {check.kind for check in line.checks.all() if check.is_passed}
    wanted = rules_of(line.site).checks.get(line.site.service, ())
    return [kind for kind in wanted if kind not in passed]


def differences_of(line: AsBuilt) -> list[Difference]:
    """Set the laid line beside its design, each row with the law's tolerance."""
    law = rules_of(line.site)
    corridor_m = law.corridor_m[line.site.service]
    rows = [
        Difference(
            "deviation",
            _("Distance from the design line, m"),
            "0",
            number_format(line.deviation_m, 2),
            f"≤ {_short(corridor_m)}",
            line.deviation_m <= corridor_m,
            OFF_DESIGN,
        ),
        _measured_difference(
            ("length", _("Length, m"), LENGTH_DIFFERS),
            (line.design_length_m, line.length_m),
            law.length_percent,
        ),
    ]
    if line.design_diameter_mm and line.diameter_mm:
        sizes = (line.design_diameter_mm, line.diameter_mm)
        names = ("diameter", _("Diameter, mm"), WRONG_DIAMETER)
        rows.append(_measured_difference(names, sizes, law.diameter_percent))
    if line.design_material:
        is_same = line.material == line.design_material
        values = (line.design_material, line.material, "=")
        rows.append(Difference("material", _("Material"), *values, is_same, WRONG_MATERIAL))
    return rows


def _measured_difference(
    names: tuple[str, str | Promise, Reason], sizes: tuple[float, float], tolerance: float
) -> Difference:
    name, title, reason = names
    design, laid = sizes
    percent = 100 * abs(laid - design) / max(design, TINY)
    texts = (number_format(design, 1), number_format(laid, 1))
    is_within = percent <= tolerance
    return Difference(name, title, *texts, f"± {_short(tolerance)} %", is_within, reason)


def _short(value: float) -> str:
    return number_format(f"{value:g}")


def reasons_against_line(line: AsBuilt) -> list[Reason]:
    """Return every reason why the line cannot be accepted."""
    reasons = [row.reason for row in differences_of(line) if not row.is_within]
    return [*reasons, CHECK_MISSING] if checks_missing(line) else reasons


def reasons_against_lines(act: Act) -> list[Reason]:
    """Return every reason why the lines of the act cannot be accepted."""
    found: dict[str, Reason] = {}
    lines = act.as_built.select_related("site").prefetch_related("checks")
    for line in lines:
        found.update({reason.code: reason for reason in reasons_against_line(line)})
    return list(found.values())


def accepted_lines(project: Project) -> QuerySet[AsBuilt]:
    """Return the accepted lines of a project with the sections they became."""
    return AsBuilt.objects.filter(site__project=project, state="accepted").select_related(
        "section", "act", "site"
    )


def accepted_length(service: str, region_kato: str, year: int) -> float:
    """Return the metres accepted in the year: the only source of kilometres done."""
    rows = AsBuilt.objects.filter(
        state="accepted",
        site__service=service,
        site__region_kato=region_kato,
        act__accepted_at__year=year,
    )
    return float(rows.aggregate(total=Sum("length_m"))["total"] or 0)


def line_laid_for(section: Section) -> AsBuilt | None:
    """Return the accepted line that the section was born of, if it was."""
    return (
        AsBuilt.objects.filter(section=section)
        .select_related("site__project", "site__contract", "site__supplier", "act")
        .first()
    )


def failures_under_warranty(project: Project) -> QuerySet[Failure]:
    """Return the failures of accepted sections within their warranty: the contractor's to mend."""
    return (
        Failure.objects.filter(
            section__born_as__site__project=project,
            at__date__lte=F("section__born_as__act__warranty_until_on"),
        )
        .select_related("section")
        .order_by("-at")
    )


@dataclass(frozen=True)
class Outline:
    """A site drawn on the plane: metres east and north of its south-west corner."""

    width_m: float
    height_m: float
    design: list[list[tuple[float, float]]]
    laid: list[tuple[str, list[tuple[float, float]]]]  # code of the line, its points
    pictures: list[tuple[str, float, float]]  # code of the picture, its place


def outline_of(site: Site) -> Outline | None:
    """Return the site's design, its laid lines and the places of its pictures on one plane."""
    design = design_of(site.sections.all())
    if not design:
        return None
    lines = [line for line in site.as_built.all() if line.state != "withdrawn"]
    laid = [unpack(line.geometry) for line in lines]
    every = np.vstack([*design, *laid])
    corner = every.min(axis=0)
    size = to_plane(every, corner).max(axis=0)
    margin = max(float(size.max()) * NEAR_SHARE, 1.0)
    pictures = [
        (picture.code, *_plane_point(picture.lon_deg, picture.lat_deg, corner))
        for picture in site.evidence.exclude(lon_deg=None)
    ]
    inside = [
        (code, x, y)
        for code, x, y in pictures
        if -margin <= x <= size[0] + margin and -margin <= y <= size[1] + margin
    ]
    return Outline(
        float(size[0]),
        float(size[1]),
        [_points(part, corner) for part in design],
        [(line.code, _points(part, corner)) for line, part in zip(lines, laid, strict=True)],
        inside,
    )


def _plane_point(
    lon_deg: float | None, lat_deg: float | None, corner: Coordinates
) -> tuple[float, float]:
    x, y = to_plane(np.array([lon_deg, lat_deg], dtype=np.float64), corner)
    return float(x), float(y)


def _points(part: Coordinates, corner: Coordinates) -> list[tuple[float, float]]:
    return [(round(float(x), 2), round(float(y), 2)) for x, y in to_plane(part, corner)]
