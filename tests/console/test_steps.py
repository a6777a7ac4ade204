import errno
import socket
from pathlib import Path

import pytest

from qaita.console.ground import explain, install
from qaita.console.place import Place, place_of
from qaita.console.serving import reachable, require_free_port
from qaita.console.steps import Progress, SetupFailed, Step, digest, disk_sentence, make_folder

QUIET = Progress(quiet=True)


def make_step(folder: Path, key: str, done: list[str], *, breaks: bool = False) -> Step:
    def action() -> None:
        done.append(key)
        if breaks:
            raise SetupFailed("broken")

    return Step("thing", key, folder, action)


def test_a_step_runs_once_for_the_same_inputs(tmp_path: Path):
    done: list[str] = []
    assert make_step(tmp_path, "a", done).run(QUIET)
    assert not make_step(tmp_path, "a", done).run(QUIET)
    assert make_step(tmp_path, "b", done).run(QUIET)
    assert done == ["a", "b"]


def test_a_broken_step_does_not_count_as_done(tmp_path: Path):
    done: list[str] = []
    make_step(tmp_path, "a", done).run(QUIET)
    with pytest.raises(SetupFailed):
        make_step(tmp_path, "b", done, breaks=True).run(QUIET)
    assert make_step(tmp_path, "a", done).run(QUIET), "an earlier stamp must not survive"


def test_the_key_knows_names_and_contents(tmp_path: Path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("x")
    two.write_text("x")
    assert digest(files=[one]) != digest(files=[two])
    before = digest("w", files=[one])
    one.write_text("y")
    assert digest("w", files=[one]) != before


def test_a_port_in_use_is_named_in_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SetupFailed, match=f"Port {port} on 127.0.0.1 is in use"):
            require_free_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(SetupFailed, match="no address of this machine"):
        require_free_port("192.0.2.1", 8000)


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SetupFailed, match="cannot be used"):
        make_folder(file)


def test_a_folder_nobody_may_write_to_is_named_itself(tmp_path: Path, monkeypatch):
    def closed(path: Path, **_more: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "touch", closed)
    with pytest.raises(SetupFailed, match=f"may not write to {tmp_path}:"):
        make_folder(tmp_path)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "may not write"),
        (errno.EACCES, "may not write"),
    ],
)
def test_troubles_of_the_disk_are_explained(number: int, words: str):
    assert words in (disk_sentence(OSError(number, "x", "there")) or "")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("error: Failed to fetch: connection reset", "broke off twice"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("error: Permission denied (os error 13)", "may not write"),
        ("ouch", "failed; details"),
    ],
)
def test_an_installers_complaint_becomes_a_sentence(output: str, words: str, tmp_path: Path):
    assert words in str(explain("the Python packages", output, tmp_path / "log"))


def test_a_broken_download_is_tried_twice_and_its_words_are_kept(tmp_path: Path):
    place = Place(tmp_path, tmp_path, tmp_path / "venv")
    tries = tmp_path / "tries"
    script = f"echo x >> {tries}; echo connection reset; exit 1"
    with pytest.raises(SetupFailed, match="broke off twice"):
        install("the packages", ["sh", "-c", script], place, {"PATH": "/bin:/usr/bin"})
    assert tries.read_text() == "x\nx\n"
    assert "connection reset" in (tmp_path / "logs" / "setup.log").read_text()


def test_a_second_try_that_works_is_enough(tmp_path: Path):
    place = Place(tmp_path, tmp_path, tmp_path / "venv")
    script = f"test -e {tmp_path}/once || {{ touch {tmp_path}/once; exit 1; }}"
    install("the packages", ["sh", "-c", script], place, {"PATH": "/bin:/usr/bin"})


def test_all_interfaces_are_opened_by_loopback():
    assert reachable("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert reachable("::1", 80) == "http://[::1]:80"


def test_the_data_folder_can_be_anywhere(tmp_path: Path):
    assert place_of(str(tmp_path)).data == tmp_path
