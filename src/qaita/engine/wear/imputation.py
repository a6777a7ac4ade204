"""What is not known of a section, estimated from its like and its neighbours, with an interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Estimate:
    """A value for every section, with the interval that holds the truth with `confidence`.

    Known values come back as they are with an interval of zero width.
    """

    value: Floats
    low: Floats
    high: Floats
    imputed: NDArray[np.bool_]


def neighbours(n_nodes: int, from_node: Ints, to_node: Ints) -> csr_matrix:
    """Return which sections meet at a node: a symmetric 0/1 matrix, its diagonal empty."""
    count = len(from_node)
    rows = np.r_[np.arange(count), np.arange(count)]
    ends = np.r_[from_node, to_node]
    incidence = csr_matrix((np.ones(2 * count), (rows, ends)), shape=(count, n_nodes))
    meeting = (incidence @ incidence.T).tocsr()
    meeting.setdiag(0)
    meeting.eliminate_zeros()
    meeting.data[:] = 1.0
    return meeting


def impute(
    value: Floats, cohorts: Ints, length_m: Floats, meeting: csr_matrix, confidence: float = 0.8
) -> Estimate:
    """Estimate unknown (NaN) values, such as laying years, of sections.

    Two independent witnesses are weighed by their precision (the inverse of their variance), as
    in any best linear estimate: the mean by length of the section's cohort, with the cohort's
    variance; and the mean of the k known neighbours, with variance τ²·(1 + 1/k) / 2, where τ² is
    the mean squared difference between known neighbours. `cohorts` (n, levels) names each
    section's cohort from the finest to the coarsest; the finest with five known members speaks.
    The interval is normal. With nothing known anywhere all stays NaN.
    """
    known = ~np.isnan(value)
    mean, variance = _cohort_moments(value, cohorts, length_m, known)
    near, number = _near_mean(value, known, meeting)
    spread = _near_spread(value, known, meeting)
    with np.errstate(divide="ignore", invalid="ignore"):
        near_weight = np.where(number > 0, 2.0 / (spread * (1.0 + 1.0 / number)), 0.0)
        weight = 1.0 / variance
        middle = (mean * weight + near * near_weight) / (weight + near_weight)
        half = ndtri(0.5 + confidence / 2.0) / np.sqrt(weight + near_weight)
    filled = np.where(known, value, middle)
    half = np.where(known, 0.0, half)
    return Estimate(filled, filled - half, filled + half, ~known & ~np.isnan(middle))


FEW = 5


def _cohort_moments(
    value: Floats, cohorts: Ints, length_m: Floats, known: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    mean, variance = np.full(len(value), np.nan), np.full(len(value), np.nan)
    everything = np.zeros((len(value), 1), np.int64)
    for level, cohort in enumerate(np.concatenate([cohorts, everything], 1).T):
        size = int(cohort.max(initial=0)) + 1
        members = np.bincount(cohort[known], minlength=size)
        weight = np.bincount(cohort[known], length_m[known], size)
        first = np.bincount(cohort[known], (value * length_m)[known], size)
        with np.errstate(divide="ignore", invalid="ignore"):
            centre = first / weight
            away = (value[known] - centre[cohort[known]]) ** 2
            second = np.bincount(cohort[known], away * length_m[known], size) / weight
        enough = members[cohort] >= (FEW if level < cohorts.shape[1] else 1)
        fill = np.isnan(mean) & enough
        # a year is never better known than to one year: keeps a uniform cohort honest
        mean[fill], variance[fill] = centre[cohort[fill]], np.maximum(second[cohort[fill]], 1.0)
    return mean, variance


def _near_mean(
    value: Floats, known: NDArray[np.bool_], meeting: csr_matrix
) -> tuple[Floats, Floats]:
    number = np.asarray(meeting @ known.astype(np.float64))
    total = np.asarray(meeting @ np.where(known, value, 0.0))
    return total / np.maximum(number, 1.0), number


def _near_spread(value: Floats, known: NDArray[np.bool_], meeting: csr_matrix) -> float:
    pairs = meeting.tocoo()
    both = known[pairs.row] & known[pairs.col]
    if not both.any():
        return float("inf")
    return max(1.0, float(np.mean((value[pairs.row[both]] - value[pairs.col[both]]) ** 2)))


def impute_class(
    kind: Ints, cohorts: Ints, length_m: Floats, meeting: csr_matrix
) -> tuple[Ints, Floats]:
    """Estimate unknown (−1) classes, such as materials: the class and its share of the votes.

    Votes: every neighbour has one; the cohort's classes share as many votes as a neighbour and
    one more, by length. Known classes come back with share 1; nothing known gives −1 and 0.
    """
    classes = int(kind.max(initial=-1)) + 1
    known = kind >= 0
    if not classes or not known.any():
        return kind.copy(), known.astype(np.float64)
    one_hot = np.zeros((len(kind), classes))
    one_hot[known, kind[known]] = 1.0
    votes = np.asarray(meeting @ one_hot) + 2.0 * _cohort_shares(one_hot, cohorts, length_m, known)
    best = votes.argmax(1)
    share = votes.max(1) / np.maximum(votes.sum(1), 1e-12)
    return np.where(known, kind, best), np.where(known, 1.0, share)


def _cohort_shares(
    one_hot: Floats, cohorts: Ints, length_m: Floats, known: NDArray[np.bool_]
) -> Floats:
    shares = np.zeros_like(one_hot)
    done = np.zeros(len(one_hot), bool)
    everything = np.zeros((len(one_hot), 1), np.int64)
    for cohort in np.concatenate([cohorts, everything], 1).T:
        size = int(cohort.max(initial=0)) + 1
        sums = np.zeros((size, one_hot.shape[1]))
        np.add.at(sums, cohort[known], one_hot[known] * length_m[known, None])
        total = sums.sum(1)
        fill = ~done & (total[cohort] > 0)
        shares[fill] = (sums / np.maximum(total, 1e-12)[:, None])[cohort[fill]]
        done |= fill
    return shares
