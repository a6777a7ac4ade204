"""The published files: any growth gives the same tiles; a flipped byte names its leaf."""

import errno
import shutil

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.ledger.errors import BrokenLog, KeyLost
from qaita.ledger.leaves import leaf_hash, make_entry
from qaita.ledger.models import Entry
from qaita.ledger.publishing import log_folder
from qaita.ledger.queries import consistency_proof, proof_of, verify_folder
from qaita.ledger.services import publish_log, record_many
from qaita.ledger.tiles import TileFolder, pack_bundle, tile_path
from qaita.ledger.trees import root_hash


def write(count: int) -> None:
    at = now()
    record_many(
        make_entry(kind="test.happened", code=f"T-{n}", actor=SYSTEM.code, at=at, facts={"n": n})
        for n in range(count)
    )


def test_paths_follow_the_tlog_tiles_layout():
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path("entries", 5, 17) == "tile/entries/005.p/17"


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_growing_in_steps_gives_the_same_tree_as_growing_at_once(tmp_path, steps):
    leaves = [str(number).encode() for number in range(sum(steps))]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    for name in ("steps", "once"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
    stepwise, once = TileFolder(tmp_path / "steps", 0), TileFolder(tmp_path / "once", 0)
    done = 0
    for step in steps:
        stepwise = TileFolder(tmp_path / "steps", done)
        stepwise.append(leaves[done : done + step], hashes[done : done + step])
        done += step
    once.append(leaves, hashes)
    assert root_hash(stepwise.node, done) == root_hash(once.node, done)
    assert [leaf for n in range((done + 255) // 256) for leaf in stepwise.bundle(n)] == leaves


@pytest.mark.django_db(transaction=True)
def test_a_published_log_verifies_with_files_and_key_alone(tmp_path):
    write(600)
    publish_log()
    write(3)
    checkpoint = publish_log()
    copy = tmp_path / "copy"
    shutil.copytree(log_folder(), copy)
    Entry.objects.all().delete()
    found = verify_folder(copy, (copy / "key").read_text())
    assert (found.leaves, found.checkpoint) == (603, checkpoint)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", [0, 255, 256, 599])
def test_one_flipped_byte_in_a_leaf_names_that_leaf(place):
    write(600)
    publish_log()
    folder = log_folder()
    tiles = TileFolder(folder, 600)
    number, position = divmod(place, 256)
    leaves = tiles.bundle(number)
    path = folder / tile_path("entries", number, len(leaves))
    offset = sum(2 + len(leaf) for leaf in leaves[:position]) + 2 + 40
    raw = bytearray(path.read_bytes())
    raw[offset] ^= 1
    path.write_bytes(raw)
    with pytest.raises(BrokenLog) as broken:
        verify_folder(folder, (folder / "key").read_text())
    assert broken.value.index == place


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "change", "leaf"),
    [
        ("tile/entries/001", lambda raw: raw[: len(raw) // 2], None),
        ("tile/entries/001", lambda raw: b"", 256),
        ("tile/entries/001", lambda raw: raw + b"\x00\x01x", 512),
        ("tile/entries/001", None, 256),
        ("tile/0/001", lambda raw: raw[: 32 * 9 + 5], 256 + 9),
        ("tile/0/001", lambda raw: raw + b"x", 256 + 255),
        ("tile/0/001", lambda raw: raw[:32] + raw[64:96] + raw[32:64] + raw[96:], 257),
        ("tile/0/001", None, 256),
        ("tile/1/000.p/2", lambda raw: raw[:40], 256),
        ("tile/1/000.p/2", lambda raw: raw[:32] + bytes(32), 256),
        ("tile/1/000.p/2", None, 0),
    ],
)
def test_whatever_is_done_to_a_file_names_the_first_leaf_that_does_not_fit(path, change, leaf):
    write(600)
    publish_log()
    file = log_folder() / path
    raw = file.read_bytes()
    if leaf is None:  # cut in the middle: the leaf in which the cut lies
        lengths = [2 + len(row) for row in TileFolder(log_folder(), 600).bundle(1)]
        leaf = 256 + next(n for n in range(256) if sum(lengths[: n + 1]) > len(raw) // 2)
    file.unlink() if change is None else file.write_bytes(change(raw))
    with pytest.raises(BrokenLog) as broken:
        verify_folder(log_folder(), (log_folder() / "key").read_text())
    assert broken.value.index == leaf


@pytest.mark.django_db(transaction=True)
def test_two_leaves_in_each_others_place_name_the_earlier():
    write(600)
    publish_log()
    leaves = TileFolder(log_folder(), 600).bundle(1)
    leaves[40], leaves[90] = leaves[90], leaves[40]
    (log_folder() / "tile/entries/001").write_bytes(pack_bundle(leaves))
    with pytest.raises(BrokenLog) as broken:
        verify_folder(log_folder(), (log_folder() / "key").read_text())
    assert broken.value.index == 256 + 40


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("tail", ["x\n", "— other ###\n", "— \n"])
def test_a_malformed_signature_line_is_not_trusted(tail):
    write(3)
    publish_log()
    with (log_folder() / "checkpoint").open("a") as note:
        note.write(tail)
    with pytest.raises(ValueError, match=r"."):
        verify_folder(log_folder(), (log_folder() / "key").read_text())


@pytest.mark.django_db(transaction=True)
def test_the_log_is_not_published_from_inside_a_transaction():
    with transaction.atomic():
        write(3)
        with pytest.raises(RuntimeError):
            publish_log()
        transaction.set_rollback(True)
    assert publish_log().size == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_not_a_log_is_refused_in_a_sentence(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("x")
    for folder in (file, tmp_path / "none"):
        with pytest.raises(SystemExit):
            call_command("ledger", "verify", folder=folder, key="k")
    assert "Traceback" not in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_a_log_signed_by_another_key_is_not_trusted(tmp_path):
    write(3)
    publish_log()
    folder = log_folder()
    note = (folder / "checkpoint").read_text().replace("\n3\n", "\n2\n")
    (folder / "checkpoint").write_text(note)
    with pytest.raises(ValueError, match="signature"):
        verify_folder(folder, (folder / "key").read_text())


@pytest.mark.django_db(transaction=True)
def test_proofs_are_against_the_newest_checkpoint():
    write(300)
    publish_log()
    write(10)
    proof = proof_of(5)
    assert proof.size == 310
    assert proof.checkpoint.splitlines()[1] == "310"
    assert consistency_proof(300)


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_tiles_and_checkpoint_is_made_good():
    write(260)
    publish_log()
    folder = log_folder()
    before = (folder / "checkpoint").read_bytes()
    write(300)
    publish_log()
    (folder / "checkpoint").write_bytes(before)  # as if the process had died just before it
    checkpoint = publish_log()
    assert checkpoint.size == 560
    assert verify_folder(folder, (folder / "key").read_text()).leaves == 560


@pytest.mark.django_db(transaction=True)
def test_a_log_whose_key_is_lost_never_goes_on_under_another(settings, tmp_path, client):
    settings.DATA_DIR = tmp_path
    write(3)
    publish_log()
    known, signed = client.get("/ledger/key").content, client.get("/ledger/checkpoint").content
    write(2)
    path = tmp_path / "ledger_private_key"
    kept = path.read_bytes()
    for damage in (None, b"half", b"x" * 32):
        path.unlink()
        if damage:
            path.write_bytes(damage)
        with pytest.raises(KeyLost, match="bring it back from a backup"):
            publish_log()
        assert client.get("/ledger/key").content == known
        assert client.get("/ledger/checkpoint").content == signed
        page = client.get("/en/ledger-book/")
        assert page.status_code == 503
        assert "Nothing can be stored here just now" in page.content.decode()
        assert client.get("/api/v1/ledger/0/proof").status_code == 503
        path.touch()
    with pytest.raises(CommandError, match="bring it back"):
        call_command("ledger", "publish")
    path.write_bytes(kept)
    assert publish_log().size == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("tile", ["tile/0/000.p/5", "tile/entries/000.p/5", "key", "checkpoint"])
@pytest.mark.parametrize("how", ["cut", "gone", "other"])
def test_a_damaged_log_is_never_signed_on(tile, how):
    write(5)
    publish_log()
    write(2)
    path = log_folder() / tile
    before = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_bytes(before[:40])
    else:
        path.write_bytes(before[:4] + bytes([before[4] ^ 1]) + before[5:])
    if (tile, how) == ("checkpoint", "gone"):
        assert publish_log().size == 7  # the database is the truth: all is written anew
        return
    signed = (log_folder() / "checkpoint").read_bytes()
    with pytest.raises(BrokenLog):
        publish_log()
    assert (log_folder() / "checkpoint").read_bytes() == signed


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_leaves_the_log_as_it_was_signed(monkeypatch, client):
    write(3)
    publish_log()
    signed = (log_folder() / "checkpoint").read_bytes()
    write(2)
    with monkeypatch.context() as patch:
        patch.setattr("qaita.ledger.tiles.os.fsync", full)
        assert client.get("/ledger/checkpoint").content == signed
        assert client.get("/en/ledger-book/").status_code == 503
    assert publish_log().size == 5
    key = (log_folder() / "key").read_text()
    assert verify_folder(log_folder(), key).leaves == 5


def full(_handle: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
