"""An electric grid as arrays, and what counts as supply. Units: ohm, A, kV, kW; voltages per unit.

Every line stands at its own rated voltage; buses where levels meet are transformers with their
nominal ratio and no losses of their own. Three phases are loaded alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# how a figure was come by
GRAPH, SOLVED = 0, 1


@dataclass(frozen=True)
class Grid:
    """n buses, m lines. Ties are lines that stand open and may be closed after an outage."""

    from_bus: Ints  # (m,)
    to_bus: Ints  # (m,)
    r_ohm: Floats  # (m,) of one phase
    x_ohm: Floats  # (m,)
    limit_a: Floats  # (m,) that the line carries for long; infinite: nobody asks
    rated_kv: Floats  # (m,) between phases
    is_tie: Flags  # (m,)
    is_source: Flags  # (n,)
    load_kw: Floats  # (n,)
    load_kvar: Floats  # (n,)

    @property
    def buses(self) -> int:
        """How many buses there are."""
        return len(self.load_kw)

    @property
    def lines(self) -> int:
        """How many lines there are, ties among them."""
        return len(self.from_bus)


@dataclass(frozen=True)
class Band:
    """What voltage counts as supply, and what sources hold, per unit.

    EN 50160 and GOST 32144 both let the voltage at a consumer depart by a tenth; sources stand a
    twentieth above at peak load.
    """

    least: float = 0.90
    source: float = 1.05


def check_grid(grid: Grid) -> None:
    """Refuse arrays that do not fit together or hold what no grid has (ValueError)."""
    m, n = grid.lines, grid.buses
    of_lines = (grid.to_bus, grid.r_ohm, grid.x_ohm, grid.limit_a, grid.rated_kv, grid.is_tie)
    if any(len(column) != m for column in of_lines):
        raise ValueError("the arrays of lines differ in length")
    if len(grid.is_source) != n or len(grid.load_kvar) != n:
        raise ValueError("the arrays of buses differ in length")
    ends = np.concatenate([grid.from_bus, grid.to_bus])
    if m and (ends.min() < 0 or ends.max() >= n):
        raise ValueError("a line ends at a bus that does not exist")
    if (grid.from_bus == grid.to_bus).any():
        raise ValueError("a line ends where it begins")
    if not grid.is_source.any():
        raise ValueError("no bus is a source: nothing feeds the grid")
    _check_values(grid)


def _check_values(grid: Grid) -> None:
    numbers = (grid.r_ohm, grid.x_ohm, grid.rated_kv, grid.load_kw, grid.load_kvar)
    if not all(np.isfinite(column).all() for column in numbers):
        raise ValueError("a value is not a number")
    if (grid.load_kw < 0).any():
        raise ValueError("loads are not below 0")
    if (grid.r_ohm < 0).any() or (grid.r_ohm + grid.x_ohm <= 0).any():
        raise ValueError("a line without impedance")
    if not (grid.limit_a > 0).all() or not (grid.rated_kv > 0).all():
        raise ValueError("limits and voltages of lines are above 0")
