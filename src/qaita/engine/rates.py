"""Rates of rare events: exact Poisson intervals and the exact comparison of two rates."""

from dataclasses import dataclass

from scipy.special import betaincinv, gammaincinv


@dataclass(frozen=True)
class Rate:
    """Events over an exposure, with the bounds between which the true rate lies."""

    count: int
    exposure: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class RateRatio:
    """The second rate as a multiple of the first, with its exact bounds."""

    value: float | None
    low: float
    high: float


def rate_of(count: int, exposure: float, *, level: float = 0.95) -> Rate | None:
    """Return count ÷ exposure with the exact (Garwood 1936) interval; None without exposure.

    The bounds are quantiles of chi-square with 2·count and 2·count + 2 degrees of freedom,
    halved and divided by the exposure: those of the gamma distribution of half that shape.
    """
    if exposure <= 0:
        return None
    tail = (1 - level) / 2
    low = gammaincinv(count, tail) if count else 0.0
    high = gammaincinv(count + 1, 1 - tail)
    return Rate(count, exposure, count / exposure, float(low) / exposure, float(high) / exposure)


def ratio_of(first: Rate, second: Rate, *, level: float = 0.95) -> RateRatio:
    """Return second ÷ first with exact bounds (Przyborowski and Wilenski 1940).

    Given both counts together, the second is binomial with the share of its exposure times its
    rate; the Clopper-Pearson bounds of that share are turned back into bounds of the ratio.
    """
    total = first.count + second.count
    tail = (1 - level) / 2
    low_share = float(betaincinv(second.count, first.count + 1, tail)) if second.count else 0.0
    high_share = float(betaincinv(second.count + 1, first.count, 1 - tail)) if first.count else 1.0
    scale = first.exposure / second.exposure
    value = None if not first.count else second.value / first.value
    if not total:
        return RateRatio(None, 0.0, float("inf"))
    return RateRatio(value, _odds(low_share) * scale, _odds(high_share) * scale)


def _odds(share: float) -> float:
    return float("inf") if share >= 1 else share / (1 - share)
