"""How well a network is known: a score anyone can recompute."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Quality:
    """The score 0…1 and, for each question, the share of length for which it is answered."""

    score_share: float
    answered_share: Floats


def quality(answered: Floats, weight: Floats, length_m: Floats) -> Quality:
    """Return how well sections are known.

    `answered` (n, questions) says 0…1 how well each question (year, material, …) is answered for
    each section; the score is the mean over questions by `weight` of the means by length.
    """
    total = float(length_m.sum())
    if not total:
        return Quality(0.0, np.zeros(answered.shape[1]))
    shares = (answered * length_m[:, None]).sum(0) / total
    return Quality(float((shares * weight).sum() / weight.sum()), shares)
