"""Words are whole, templates are used, locks and files name no address and no machine."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import allauth
import pytest

from qaita.console.messages import all_faults
from qaita.console.reference import pages
from tests.house.reading import PACKAGE, ROOT, modules, text_of, tracked, tree

TEMPLATES = PACKAGE / "web" / "templates"
REGISTRY = re.compile(r"(pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg)")
MACHINE = re.compile(r"(?<![\w.<>/])/(work|root|home|opt/pypi[\w-]*|opt/wheels)/[\w.]")
ITSELF = Path(__file__).resolve()
FOUND_BY_NAME = {"404.html", "500.html", "403.html", "403_csrf.html", "400.html"}


def test_all_words_are_there_in_three_languages():
    faults = all_faults()
    assert not faults, "\n".join(map(str, faults[:60])) + f"\n{len(faults)} in all"


def _names_in_python() -> set[str]:
    return {
        node.value
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _names_in_templates() -> set[str]:
    called = re.compile(r"""["']([\w./-]+\.(?:html|txt|xml|svg))["']""")
    return {
        name
        for path in TEMPLATES.rglob("*")
        if path.is_file()
        for name in called.findall(text_of(path))
    }


def test_no_template_lies_unused():
    named = _names_in_python() | _names_in_templates()
    stems = {name.rsplit(".", 1)[0] for name in named if "/" in name}
    library = Path(allauth.__file__).parent / "templates"
    unused = []
    for path in sorted(TEMPLATES.rglob("*.*")):
        name = str(path.relative_to(TEMPLATES))
        if name in named or name in FOUND_BY_NAME or (library / name).exists():
            continue
        if name.rsplit(".", 1)[0] not in stems:
            unused.append(name)
    assert not unused, "\n".join(unused)


@pytest.mark.parametrize("lock", sorted(p.name for p in ROOT.glob("requirements*.lock")))
def test_python_locks_hold_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?://|file:|--index-url|--find-links|--extra-index", text)
    packages = re.findall(r"^[a-z0-9][\w.\[\]-]*==[^\n]*", text, re.MULTILINE)
    assert packages
    assert all(line.rstrip().endswith("\\") for line in packages), "a package without a hash"


def test_the_browser_lock_holds_hashes_and_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if "integrity" not in entry]


def test_no_file_names_a_registry():
    wrong = [p for p in tracked() if p != ITSELF and REGISTRY.search(text_of(p))]
    assert not wrong


def test_no_file_names_a_path_of_some_machine():
    wrong = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path != ITSELF and path.suffix != ".lock"
        for match in MACHINE.finditer(text_of(path))
    ]
    assert not wrong, "\n".join(wrong[:40])


def test_the_entry_speaks_to_old_pythons():
    text = (ROOT / "qaita").read_text()
    ast.parse(text, feature_version=(3, 6))
    assert "sys.version_info < (3, 11)" in text


def test_the_entry_needs_nothing_installed():
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); import qaita.console.entry"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_ci_runs_what_everybody_runs():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines == ["#!/bin/sh", "exec ./qaita test"]


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_decision_records_are_short():
    long = [
        path.name
        for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))
        if len(path.read_text().splitlines()) > 40
    ]
    assert not long


def test_the_reference_tells_what_the_code_does():
    old = [path.name for path, text in pages().items() if text_of(path) != text]
    assert not old, f"run ./qaita manage reference: {', '.join(old)}"


def test_every_wanted_package_is_locked():
    for name in ("requirements", "requirements-test"):
        wanted = (ROOT / f"{name}.in").read_text().splitlines()
        locked = (ROOT / f"{name}.lock").read_text().lower()
        names = [re.split(r"[\[~=<>;! ]", line)[0].lower() for line in wanted if line[:1].isalpha()]
        missing = [one for one in names if f"\n{one.replace('_', '-')}==" not in f"\n{locked}"]
        assert not missing, f"{name}.lock lacks {missing}: run ./qaita lock"
