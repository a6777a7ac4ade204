"""`import networks`: faults or a network, in words or as JSON, with an exit code."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from qaita.networks.models import Import, Network
from tests.networks.make import make_utility
from tests.networks.test_hostile_files import INP

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("import", "networks", *words, stdout=out)
    except SystemExit as farewell:
        return int(farewell.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def town(tmp_path: Path) -> str:
    path = tmp_path / "town.inp"
    path.write_text(INP)
    return str(path)


def test_a_check_stores_nothing_and_needs_no_utility(town):
    code, text = run(town, "--check")
    assert code == 0
    assert "2 sections" in text
    assert not Import.objects.exists()


def test_a_network_is_loaded_for_the_utility_named_by_code_or_bin(town):
    utility = make_utility()
    code, text = run(town, "--utility", utility.organisation.bin, "--name", "Town", "--json")
    told = json.loads(text)
    assert (code, told["counts"]["sections"]) == (0, 2)
    network = Network.objects.get(code=told["network"])
    assert (network.name_en, network.utility_service) == ("Town", utility)
    with pytest.raises(CommandError, match="already loaded"):
        run(town, "--utility", utility.organisation.code)


def test_faults_are_told_with_exit_code_one_and_nothing_is_stored(tmp_path):
    path = tmp_path / "bad.inp"
    path.write_text(INP.replace("P2 A B", "P2 A X"))
    utility = make_utility()
    code, text = run(str(path), "--utility", utility.code, "--json")
    assert code == 1
    (fault, *_) = json.loads(text)["faults"]
    assert (fault["table"], fault["rows"], fault["rule"]) == ("PIPES", [9], "unknown_node")
    assert not Import.objects.exists()


def test_an_unknown_utility_and_a_bad_mapping_end_in_one_sentence(town):
    with pytest.raises(CommandError, match="no utility"):
        run(town, "--utility", "OR-NOBODY")
    with pytest.raises(CommandError, match="--utility CODE"):
        run(town)
    with pytest.raises(CommandError, match="OURS=THEIRS"):
        run(town, "--check", "--mapping", "material")


def test_the_proposed_mapping_is_shown(tmp_path):
    path = tmp_path / "town.csv"
    path.write_text("Номер;WKT;Материал\n1;LINESTRING (76.9 52.2, 76.91 52.2);сталь\n")
    code, text = run(str(path), "--mapping")
    assert code == 0
    assert "Материал" in text
    assert not Import.objects.exists()
