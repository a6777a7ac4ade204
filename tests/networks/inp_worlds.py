"""Made-up EPANET files, one for each kind of fitting, for tests that take EPANET as the judge."""

import numpy as np

FITTINGS = ("none", "prv", "psv", "fcv", "pbv", "gpv", "tcv", "check", "pump1", "pump3", "pumps",
            "power", "tank", "categories")  # fmt: skip
SIDE = 4


def inp_of(fitting, seed, *, headloss="H-W"):
    """Return a file of a town of streets between two reservoirs, with a fitting on a trunk main.

    The upper half is fed by A; the lower half by the fitting from the upper half, and by a thin
    main from B.
    """
    chance = np.random.default_rng([seed, FITTINGS.index(fitting)])
    streets = _streets(chance, headloss)
    special = _fitting(fitting, chance, headloss)
    parts = {
        "JUNCTIONS": [
            f"J{i} {chance.uniform(0, 12):.2f} {chance.choice([0, 1, 2, 4])}"
            for i in range(2 * SIDE * SIDE)
        ],
        "RESERVOIRS": ["A 70", f"B {chance.uniform(40, 60):.1f}"],
        "OPTIONS": ["UNITS LPS", f"HEADLOSS {headloss}", "DEMAND MODEL PDA",
                    "MINIMUM PRESSURE 0", "REQUIRED PRESSURE 17.57", "PRESSURE EXPONENT 0.5"],
        "TIMES": ["DURATION 0"],
    }  # fmt: skip
    parts["TANKS"] = special.pop("TANKS", [])  # nodes come before what joins them
    parts["PIPES"] = [*streets, *special.pop("PIPES", [])]
    parts["JUNCTIONS"] += special.pop("JUNCTIONS", [])
    parts["RESERVOIRS"] += special.pop("RESERVOIRS", [])
    lines = [line for name, rows in {**parts, **special}.items() for line in (f"[{name}]", *rows)]
    return "\n".join([*lines, "[END]", ""])


def _rough(headloss):
    return {"H-W": 110, "D-W": 0.3, "C-M": 0.012}[headloss]


def _streets(chance, headloss):
    """Return the pipes of two squares of streets and their mains."""
    rough, rows = _rough(headloss), []
    for half in range(2):
        at = half * SIDE * SIDE + np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
        ends = [*zip(at[:, :-1].ravel(), at[:, 1:].ravel(), strict=True)]
        ends += [*zip(at[:-1].ravel(), at[1:].ravel(), strict=True)]
        for a, b in ends:
            if chance.random() < 0.85 or b - a == 1:
                wide, long = chance.choice([80, 100, 150, 200]), chance.uniform(60, 300)
                rows.append(f"P{a}_{b} J{a} J{b} {long:.1f} {wide} {rough} 0.3")
    last = 2 * SIDE * SIDE - 1
    return [*rows, f"PA A J0 150 300 {rough}", f"PB B J{last} 900 150 {rough}"]


def _fitting(fitting, chance, headloss):
    """Return what joins the two halves: J15 above, J16 below."""
    rough, a, b = _rough(headloss), f"J{SIDE * SIDE - 1}", f"J{SIDE * SIDE}"
    main = f"V {a} {b} 120 200 {rough}"
    level = chance.choice([2.0, 4.0, 6.0])
    rows = [f"J{i} {chance.uniform(0.5, 3):.2f} {kind}" for i in range(4, 28) for kind in "DNX"]
    valves, pumps = _valves(a, b, chance), _pumps(a, b, chance)
    return {
        "none": {"PIPES": [main]},
        "check": {"PIPES": [f"V {b} {a} 120 200 {rough} 0 CV"]},
        "tank": {"TANKS": [f"T 42 {level} 2 6 12 0"], "PIPES": [main, f"PT T {b} 80 200 {rough}"]},
        "categories": {
            "DEMANDS": rows,
            "PIPES": [main],
            "PATTERNS": ["D 1.4 0.6", "N 0.2 1.8", "X 0.7 0.9"],
        },
        **valves,
        **pumps,
    }[fitting]


def _valves(a, b, chance):
    told = {
        "prv": f"PRV {chance.uniform(15, 35):.1f} 0.5",
        "psv": f"PSV {chance.uniform(25, 50):.1f} 0.5",
        "fcv": f"FCV {chance.uniform(3, 25):.1f} 0.5",
        "pbv": f"PBV {chance.uniform(2, 12):.1f} 0.5",
        "gpv": "GPV C 0",
        "tcv": f"TCV {chance.uniform(1, 400):.1f} 0",
    }
    curve = ["C 0 0", "C 5 1", "C 20 9", "C 60 60"]
    return {name: {"VALVES": [f"V {a} {b} 200 {t}"], "CURVES": curve} for name, t in told.items()}


def _pumps(a, b, chance):
    curves = {
        "pump1": ["C 20 15"],
        "pump3": ["C 0 20", "C 15 16", "C 30 8"],
        "pumps": ["C 0 22", "C 8 20", "C 16 17", "C 25 12", "C 40 2"],
    }
    speed = f"{chance.uniform(0.8, 1.2):.2f}"
    made = {
        name: {"PUMPS": [f"V {a} {b} HEAD C SPEED {speed}"], "CURVES": curve}
        for name, curve in curves.items()
    }
    return {**made, "power": {"PUMPS": [f"V {a} {b} POWER 3"]}}
