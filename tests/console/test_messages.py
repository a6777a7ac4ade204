from pathlib import Path

import pytest

from qaita.console.messages import compile_all, gaps, merge, placeholders, used_messages


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "web" / "templates" / "works").mkdir(parents=True)
    for language in ("kk", "ru"):
        (tmp_path / "locale" / language).mkdir(parents=True)
    return tmp_path


def write(package: Path, room: str, **translations: str) -> None:
    for language, text in translations.items():
        (package / "locale" / language / f"{room}.po").write_text(text, encoding="utf-8")


def test_texts_of_templates_and_code_are_found(package: Path):
    (package / "web" / "templates" / "works" / "a.html").write_text(
        "{% load i18n %}<p title=\"{% translate 'Pipe' %}\">{{ _('Deep')|upper }}\n"
        "   {% blocktranslate count n=n trimmed %}\n  One metre\n {% plural %}\n {{ n }} metres\n"
        "{% endblocktranslate %}{% translate 'May' context 'month' %}"
    )
    (package / "works.py").write_text('from x import _, ngettext\nA = _("Site")\n')
    assert set(used_messages(package)) == {
        ("", "Pipe", ""),
        ("", "Deep", ""),
        ("", "One metre", "%(n)s metres"),
        ("month", "May", ""),
        ("", "Site", ""),
    }


def test_a_missing_translation_is_named(package: Path):
    write(package, "works", kk='msgid "Pipe"\nmsgstr "Құбыр"\n')
    whole, faults = merge("kk", package / "locale")
    assert not faults
    used = {("", "Pipe", ""): "a:1", ("", "Never said zzz", ""): "a:2"}
    assert [fault.text for fault in gaps("kk", whole, used)] == ["Never said zzz"]


def test_rooms_that_contradict_each_other_are_named(package: Path):
    write(package, "a", ru='msgid "Pipe"\nmsgstr "Труба"\n')
    write(package, "b", ru='msgid "Pipe"\nmsgstr "Трубка"\n')
    _, faults = merge("ru", package / "locale")
    assert [fault.what for fault in faults] == ["'Трубка' here, 'Труба' in locale/ru/a.po"]


def test_slots_must_agree(package: Path):
    write(package, "a", ru='msgid "%(n)s of %(all)s"\nmsgstr "%(n)s из %(vse)s"\n')
    _, faults = merge("ru", package / "locale")
    assert len(faults) == 1
    assert "slots differ" in faults[0].what


def test_fuzzy_and_empty_ones_do_not_count(package: Path):
    write(package, "a", ru='#, fuzzy\nmsgid "A"\nmsgstr "А"\n\nmsgid "B"\nmsgstr ""\n')
    whole, faults = merge("ru", package / "locale")
    assert {fault.what for fault in faults} == {"marked fuzzy", "no translation"}
    assert not [message for message in whole if message.id]


def test_a_file_that_cannot_be_read_is_a_fault_not_a_crash(package: Path):
    (package / "locale" / "kk" / "a.po").write_bytes(b'msgid "\xff')
    _, faults = merge("kk", package / "locale")
    assert [fault.what for fault in faults] == ["cannot be read"]


def test_the_catalogue_speaks_with_plurals(package: Path, tmp_path: Path):
    from gettext import GNUTranslations

    text = (
        'msgid "%(n)s appeal"\nmsgid_plural "%(n)s appeals"\nmsgstr[0] "%(n)s обращение"\n'
        'msgstr[1] "%(n)s обращения"\nmsgstr[2] "%(n)s обращений"\n'
    )
    write(package, "a", ru=text)
    compile_all(package, tmp_path / "out")
    with (tmp_path / "out" / "ru" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        spoken = GNUTranslations(file)
    said = [spoken.ngettext("%(n)s appeal", "%(n)s appeals", n) % {"n": n} for n in (1, 3, 5, 21)]
    assert said == ["1 обращение", "3 обращения", "5 обращений", "21 обращение"]


def test_placeholders_are_read_in_every_style():
    assert placeholders("%(a)s {b} %s 100 %% done") == {"%(a)s", "{b}", "%s"}
