"""The question of a run, stated from what was assembled out of the register."""

from dataclasses import asdict
from pathlib import Path

import numpy as np

from qaita.planning.national.assembling import Assembled
from qaita.planning.national.folder import write_table
from qaita.planning.national.given import Given
from qaita.planning.national.tables import codes_of, packages_table, risks_of, sections_table


def given_of(asked: Assembled, years: tuple[int, ...]) -> Given:
    """Return what a run is asked; its `write` writes the files of the packages."""

    def write(part: Path) -> None:
        for n, one in enumerate(asked.packs):
            write_table(part / f"packages-{n}.parquet", packages_table(asked, one, years))
            write_table(part / f"sections-{n}.parquet", sections_table(asked, one))

    risks = [risks_of(asked, one) for one in asked.packs]
    return Given(
        on=asked.country.on,
        clusters=asked.country.clusters,
        in_red_zone=asked.country.in_red_zone,
        goods=asked.goods,
        limits=asked.limits,
        problem=asked.problem,
        packs=asked.packs,
        codes=[codes_of(asked, one) for one in asked.packs],
        screened=asked.screened,
        closed=asked.closed,
        counts={
            "sections": len(asked.country),
            "packages": asked.packages.count,
            "streets": len(asked.streets),
        },
        rates=[asdict(one) for one in asked.needs.taught],
        failure_shape=np.concatenate([one["failure_shape"] for one in risks]),
        laid_year=np.concatenate([one["laid_year"] for one in risks]),
        write=write,
    )
