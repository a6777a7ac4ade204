"""A package that no year can carry is renewed in consecutive stages.

The load of a package is what it takes of the largest year: of its utility's money, of the country's
money, of what its region can build, whichever is most. Above 1 no year can carry it.
"""

from collections.abc import Iterator

import numpy as np

from qaita.kernel.ids import derived_code
from qaita.planning.national.country import Floats, Ints
from qaita.planning.national.gathering import Packages

Stage = tuple[list[int], list[float]]


def stage_packages(packages: Packages, load: Floats, section_load: Floats) -> Packages:
    """Cut every package with a load above 1 into stages with at most 1.

    `load` (packages,); `section_load` of every place in `packages.section`.
    """
    dear = load > 1.0
    if not dear.any():
        return packages
    codes: list[str] = []
    sections: list[Ints] = []
    shares: list[Floats] = []
    network: list[int] = []
    for p in range(packages.count):
        whole = packages.code[p]
        own = slice(packages.start[p], packages.start[p + 1])
        if not dear[p]:
            codes.append(whole)
            sections.append(packages.section[own])
            shares.append(packages.share[own])
            network.append(packages.network[p])
            continue
        for number, stage in enumerate(_stages(packages, own, section_load), 1):
            codes.append(derived_code("PK", whole, "stage", number))
            sections.append(np.array(stage[0], dtype=np.int64))
            shares.append(np.array(stage[1], dtype=np.float64))
            network.append(packages.network[p])
    sizes = [len(one) for one in sections]
    return Packages(
        codes,
        np.array(network, dtype=np.int64),
        np.concatenate(sections),
        np.concatenate(shares),
        np.concatenate([[0], np.cumsum(sizes)]),
    )


def _stages(packages: Packages, own: slice, load: Floats) -> Iterator[Stage]:
    """Yield consecutive sections with a load of at most 1; a dear section in equal parts."""
    stage: Stage = ([], [])
    left = 1.0
    listed = (packages.section[own], packages.share[own], load[own])
    for i, share, whole in zip(*(column.tolist() for column in listed), strict=True):
        parts = max(int(np.ceil(whole - 1e-9)), 1)
        for _ in range(parts):
            if stage[0] and whole / parts > left + 1e-12:
                yield stage
                stage, left = ([], []), 1.0
            stage[0].append(i)
            stage[1].append(share / parts)
            left -= whole / parts
    yield stage
