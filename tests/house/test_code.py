"""Every exception says why; nothing lies about that nobody uses."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from qaita.console.messages import LANGUAGES, LIBRARIES, key_of, read_room, used_messages
from tests.house.reading import PACKAGE, ROOMS, ROOT, modules, place, text_of, tree

LINT = re.compile(r"#\s*noqa(?!: [A-Z]+\d+(, ?[A-Z]+\d+)* *(--|-|#) *\w)")
TYPES = re.compile(r"#\s*type:\s*ignore(?!\[[\w-]+(, ?[\w-]+)*\] *(#|--) *\w)")
# packages that nothing imports by name, and what they are for
SERVE_UNNAMED = {
    "argon2-cffi": "Django's hasher of passwords",
    "psycopg": "Django's way to PostgreSQL",
    "pytest-playwright": "gives tests their browser",
    "types-pyyaml": "tells mypy the types of yaml",
}
OUR_FOLDERS = ("src", "tests", "bench")


@cache
def _python() -> tuple[Path, ...]:
    return tuple(
        path
        for folder in OUR_FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts and path != Path(__file__)
    )


@pytest.mark.parametrize("form", [LINT, TYPES], ids=["noqa", "type-ignore"])
def test_every_exception_from_a_check_names_its_code_and_says_why(form: re.Pattern[str]):
    wrong = [
        f"{place(path)}:{number}: {line.strip()}"
        for path in _python()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if form.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def _calls(path: Path, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
            yield node


def test_every_test_left_out_says_why():
    marks = ("pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail")
    wrong = [
        place(path, call)
        for path in _python()
        for call in _calls(path, *marks)
        if "reason" not in {word.arg for word in call.keywords}
    ]
    wrong += [
        place(path, call)
        for path in _python()
        for call in _calls(path, "pytest.skip")
        if not call.args and not call.keywords
    ]
    assert not wrong, "\n".join(wrong)


def _is_service(path: Path) -> bool:
    return path.stem == "services" or path.parent.name == "services"


def test_every_service_says_what_it_does():
    silent = [
        place(path, node)
        for path in modules(*ROOMS)
        if _is_service(path)
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if not ast.get_docstring(node)
    ]
    assert not silent, "\n".join(silent)


@cache
def _words_in_use() -> dict[str, set[Path]]:
    """Return every name that code speaks, with the files that speak it."""
    spoken: dict[str, set[Path]] = {}
    for path in modules():
        for node in ast.walk(tree(path)):
            name = getattr(node, "id", None) or getattr(node, "attr", None)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                continue
            if name:
                spoken.setdefault(name, set()).add(path)
    return spoken


def test_every_refusal_is_given_somewhere():
    unused = [
        f"{place(path, node)} {target.id}"
        for path in modules(*ROOMS)
        if path.name == "errors.py"
        for node in tree(path).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id not in _words_in_use()
    ]
    assert not unused, "\n".join(unused)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_translated_that_nobody_says(language: str):
    used = used_messages()
    unsaid = [
        f"{path.name}: {message.id}"
        for path in sorted((PACKAGE / "locale" / language).glob("*.po"))
        if path.name != LIBRARIES
        for message in read_room(path, language)
        if message.id and key_of(message) not in used
    ]
    assert not unsaid, "\n".join(unsaid)


def _wanted(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [re.split(r"[\[~=<>;! ]", line)[0].lower() for line in lines if line[:1].isalpha()]


def test_every_wanted_package_is_used():
    texts = [text_of(path) for path in _python()]
    texts += [text_of(ROOT / "pyproject.toml"), text_of(ROOT / "qaita")]
    spoken = set(re.findall(r"[\w-]+", "\n".join(texts)))
    names: dict[str, set[str]] = {}
    for module, packages in packages_distributions().items():
        for package in packages:
            names.setdefault(package.lower().replace("_", "-"), set()).add(module)
    unused = [
        package
        for wanted in ("requirements.in", "requirements-test.in")
        for package in _wanted(wanted)
        if package not in SERVE_UNNAMED and not {package, *names.get(package, ())} & spoken
    ]
    assert not unused, "\n".join(unused)
