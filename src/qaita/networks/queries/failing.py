"""What is foretold of failures: rates of sections, their draws, and the model behind them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from qaita.networks.failing import records_of
from qaita.networks.importing.records import Records
from qaita.networks.models import FailureForecast, FailureModel, Section, UtilityService

Floats = NDArray[np.float64]
CHUNK = 20_000
VALUES = ("failures_per_year", "low_per_year", "high_per_year", "gamma_k")


@dataclass(frozen=True)
class FailureRates:
    """Failures a year expected of sections, in their order; NaN where nothing was foretold.

    `shape` is that of the gamma law of what is expected: 1/√shape is how unsure it is.
    """

    expected: Floats
    low: Floats
    high: Floats
    shape: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        """Tell of which sections something was foretold."""
        return ~np.isnan(self.expected)


def failure_rates(sections: Sequence[Section], on: date) -> FailureRates:
    """Return what was foretold of the sections by the day, in their order."""
    return foretold_rates(
        np.array([section.pk for section in sections], np.int64),
        networks={section.network_id for section in sections},
        on=on,
    )


def foretold_rates(
    keys: NDArray[np.int64], *, networks: Collection[int] | None = None, on: date
) -> FailureRates:
    """Return what was foretold by the day of the sections of these keys, in their order.

    `networks` spares the reading of others; without it the whole country's forecasts are read.
    """
    found = np.full((4, len(keys)), np.nan)
    rows = FailureForecast.objects.filter(made_on__lte=on)
    if networks is not None:
        rows = rows.filter(section__network__in=networks)
    found_rows = rows.values_list("section", *VALUES).iterator(chunk_size=CHUNK)
    told = np.fromiter(found_rows, np.dtype((np.float64, 1 + len(VALUES))))
    if not len(told) or not len(keys):
        return FailureRates(*found)
    order = np.argsort(keys)
    place = np.minimum(np.searchsorted(keys[order], told[:, 0]), len(keys) - 1)
    ours = keys[order][place] == told[:, 0]
    found[:, order[place[ours]]] = told[ours, 1:].T
    return FailureRates(*found)


def failure_forecast_of(section: Section, *, on: date) -> FailureForecast | None:
    """Return what was foretold of one section by the day."""
    return FailureForecast.objects.filter(section=section, made_on__lte=on).first()


def failure_model_of(owner: UtilityService) -> FailureModel | None:
    """Return the model that is believed for a service of a utility."""
    return FailureModel.objects.filter(utility_service=owner).first()


def believed_models() -> list[tuple[str, str, str]]:
    """Return the code of every service that has a model, whose records taught it, its name."""
    rows = FailureModel.objects.order_by("utility_service__code")
    return list(rows.values_list("utility_service__code", "learnt_from", "name"))


def failure_records_of(owners: Collection[UtilityService], *, on: date) -> Records:
    """Return the lives and failures of all sections of the owners, as a file of them would."""
    return records_of(owners, on=on)[0]
