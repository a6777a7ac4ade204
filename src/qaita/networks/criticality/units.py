"""The units of an EPANET file in SI."""

from dataclasses import dataclass

from qaita.networks.importing.inp import CUSTOMARY, FLOW_LITRES_DAY, FOOT_M, INCH_MM

M_PER_PSI = FOOT_M / 0.4333  # as EPANET turns pounds per square inch into feet
M_PER_KPA = 1 / 6.895 / 0.4333 * FOOT_M
HORSEPOWER = 8.814 * FOOT_M**4  # m·m³/s that one horsepower gives, as EPANET
KILOWATT = HORSEPOWER / 0.7457


@dataclass(frozen=True)
class Units:
    """What one unit of the file is in metres, cubic metres a second."""

    flow: float
    length: float
    diameter: float
    pressure: float
    power: float
    roughness: float  # of Darcy and Weisbach


def units_of(flow: str, pressure: str = "") -> Units:
    """Return the units that go with a file's unit of flow."""
    litres = FLOW_LITRES_DAY[flow] / 86_400
    if flow in CUSTOMARY:
        feet = FOOT_M / 1000
        return Units(litres / 1000, FOOT_M, INCH_MM / 1000, M_PER_PSI, HORSEPOWER, feet)
    head = M_PER_KPA if pressure == "KPA" else 1.0
    return Units(litres / 1000, 1.0, 0.001, head, KILOWATT, 0.001)
