"""What goes out comes back, and EPANET solves it as it solves the file that came in."""

import csv
import io
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from qaita.kernel.actor import SYSTEM
from qaita.kernel.errors import Refused
from qaita.networks.importing.reading import read_network_file
from qaita.networks.models import Network, Section
from qaita.networks.queries import (
    network_as_csv,
    network_as_inp,
    sections_of,
    write_network_geopackage,
)
from qaita.networks.services import (
    import_network,
    merge_sections,
    replace_sections,
    retire_sections,
    split_section,
)
from qaita.networks.services.sections import Renewal
from tests.networks.make import AT, make_engineer, make_network, make_utility

wntr = pytest.importorskip("wntr")
LIBRARY = Path(wntr.__file__).parent / "library" / "networks"
HOURS = 3
pytestmark = pytest.mark.django_db


def load(name: str) -> Network:
    read = read_network_file(LIBRARY / name, service="water")
    assert not isinstance(read, list), [fault.as_dict() for fault in read]
    utility = make_utility()
    loaded = import_network(
        read, utility_service=utility, name=name, by=make_engineer(utility), at=AT
    )
    assert loaded.network is not None
    return loaded.network


def heads_of(path: Path, folder: Path) -> dict[str, list[float]]:
    """Solve a file by EPANET's own library; every error raises. Return heads by node and hour."""
    from wntr.epanet.toolkit import ENepanet

    engine = ENepanet()
    engine.ENopen(str(path), str(folder / "report.txt"), str(folder / "out.bin"))
    engine.ENopenH()
    engine.ENinitH(0)
    heads: dict[str, list[float]] = {}
    names = [engine.ENgetnodeid(i + 1) for i in range(engine.ENgetcount(0))]
    seconds = 0
    while seconds <= HOURS * 3600:
        seconds = engine.ENrunH()
        for place, name in enumerate(names, 1):
            heads.setdefault(name, []).append(engine.ENgetnodevalue(place, 10))
        if engine.ENnextH() <= 0:
            break
    engine.ENcloseH()
    engine.ENclose()
    return heads


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["Net3.inp", "Net6.inp", "ky4.inp", "ky10.inp"])
def test_epanet_solves_the_exported_network_as_it_solves_the_imported_one(name, tmp_path):
    path = tmp_path / "out.inp"
    path.write_text(network_as_inp(load(name)))
    ours, theirs = heads_of(path, tmp_path), heads_of(LIBRARY / name, tmp_path)
    assert ours.keys() == theirs.keys()
    for node in list(theirs):
        assert ours[node][:3] == pytest.approx(theirs[node][:3], abs=0.5), node
    again = read_network_file(path, service="water")
    assert not isinstance(again, list)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_epanet_solves_a_network_that_was_split_merged_renewed_and_cut_back(tmp_path):
    network = load("ky4.inp")
    by = make_engineer(network.utility_service)
    first, *_ = sections_of(network)
    one, two = split_section(first, at_share=0.4, by=by, at=AT)
    merge_sections([one, two], by=by, at=AT.replace(hour=7))
    chosen = sections_of(network)[10]
    line = [(chosen.from_node.lon_deg, chosen.from_node.lat_deg)]
    line.append((chosen.to_node.lon_deg, chosen.to_node.lat_deg))
    renewal = Renewal(line, "pe", date(2026, 2, 1), diameter_mm=200)
    replace_sections([chosen], renewal=renewal, by=SYSTEM, at=AT)
    ends = [s for s in sections_of(network) if s.to_node.leaving.count() == 0][:1]
    retire_sections(
        [s for s in ends if s.to_node.arriving.count() == 1], by=by, at=AT.replace(hour=8)
    )
    path = tmp_path / "out.inp"
    path.write_text(network_as_inp(network))
    heads = heads_of(path, tmp_path)
    assert len(heads) >= 960
    assert np.isfinite([values[0] for values in heads.values()]).all()


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_network_without_a_model_is_exported_with_stated_assumptions(tmp_path):
    network = make_network(3)
    with pytest.raises(Refused):
        network_as_inp(network)
    network.nodes.filter(name="n0").update(kind="source")
    text = network_as_inp(network)
    assert "Assumed by Qaita" in text
    path = tmp_path / "out.inp"
    path.write_text(text)
    assert len(heads_of(path, tmp_path)) == 4


def test_a_geopackage_comes_back_as_it_went_out(tmp_path):
    network = make_network(5)
    Section.objects.filter(name="s1").update(material="pe", diameter_mm=None)
    path = tmp_path / "out.gpkg"
    write_network_geopackage(network, path)
    read = read_network_file(path, service="water")
    assert not isinstance(read, list), [fault.as_dict() for fault in read]
    assert [s.material for s in read.sections] == ["steel", "pe", "steel", "steel", "steel"]
    assert [s.diameter_mm for s in read.sections] == [150, None, 150, 150, 150]
    lengths = sections_of(network).order_by("pk").values_list("length_m", flat=True)
    assert [s.length_m for s in read.sections] == pytest.approx(list(lengths))
    assert {n.consumers for n in read.nodes} == {0, 10, 20, 30, 40, 50}


def test_a_csv_holds_no_formula_and_comes_back(tmp_path):
    network = make_network(3)
    Section.objects.filter(name="s0").update(name="=1+1")
    text = "".join(network_as_csv(network))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 3
    assert rows[0]["name"] == "'=1+1"
    path = tmp_path / "out.csv"
    path.write_text(text)
    read = read_network_file(path, service="water")
    assert not isinstance(read, list), [fault.as_dict() for fault in read]
    assert len(read.sections) == 3


def test_a_network_whose_file_told_other_words_is_exported_all_the_same(tmp_path):
    network = make_network(3)
    network.nodes.filter(name="n0").update(kind="source", raw='{"pn_bar": 6}')
    network.sections.update(raw='{"std_type": "80_GGG"}')
    path = tmp_path / "out.inp"
    path.write_text(network_as_inp(network))
    assert len(heads_of(path, tmp_path)) == 4
