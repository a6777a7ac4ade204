"""What judges our exports: the schemas `./qaita test` fetched, as the foreign validators want them.

None is kept here. OCDS is 1.1.5's own schema. Of OC4IDS the packages carry 0.9.0; what 0.9.1 to
0.9.5 changed for the fields we publish is said below, after the standard's change log.
"""

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

Json = dict[str, Any]
TEXT = {"type": "string"}
PARTY = {"$ref": "#/definitions/OrganizationReference"}
OC4IDS_PACKAGE = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "required": ["uri", "publishedDate", "publisher", "version", "projects"],
    "properties": {
        "uri": TEXT | {"format": "uri"},
        "version": TEXT | {"pattern": r"^(\d+\.)(\d+)$"},
        "publishedDate": TEXT | {"format": "date-time"},
        "publisher": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": TEXT, "scheme": TEXT, "uid": TEXT, "uri": TEXT},
        },
        "license": TEXT | {"format": "uri"},
        "publicationPolicy": TEXT | {"format": "uri"},
        "projects": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"$ref": "{host}project-schema.json"},
        },
    },
}


def schema_of(name: str) -> Json:
    """Return a schema that the set-up fetched."""
    path = Path(settings.DATA_DIR) / "standards" / name
    if not path.exists():
        pytest.skip("the schemas of the standards are not here: ./qaita test fetches them")
    return json.loads(path.read_text())


def codelists_of(schema: Json) -> dict[str, list[str]]:
    """Return the closed codelists of a schema: it holds their codes beside their names."""
    found: dict[str, list[str]] = {}
    if "codelist" in schema:
        codes = schema.get("enum") or schema.get("items", {}).get("enum")
        if codes:
            found[schema["codelist"]] = [code for code in codes if code]
    for value in schema.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                found |= codelists_of(part)
    return found


def as_codelist(codes: list[str]) -> str:
    """Return a codelist as the standards publish it."""
    return "Code,Title\n" + "".join(f"{code},{code}\n" for code in codes)


def ocds_standard() -> bytes:
    """Return what libcoveocds asks for: a ZIP of the standard."""
    release = schema_of("release-schema.json")
    assert release["id"].endswith("/1__1__5/release-schema.json")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("standard/", "")
        for name in (
            "release-schema.json",
            "release-package-schema.json",
            "versioned-release-validation-schema.json",
        ):
            packed.writestr(f"standard/schema/{name}", json.dumps(schema_of(name)))
        for name, codes in codelists_of(release).items():
            packed.writestr(f"standard/schema/codelists/{name}", as_codelist(codes))
    return held.getvalue()


def oc4ids_schema() -> Json:
    """Return the schema of a project in OC4IDS 0.9.5, as far as we use it."""
    schema = schema_of("project-schema-0-9-0.json")
    fields, parts = schema["properties"], schema["definitions"]
    fields["publicAuthority"] = PARTY  # 0.9.2
    fields["identifiers"] = {  # 0.9.4
        "type": "array",
        "items": {"$ref": "#/definitions/Identifier"},
    }
    fields["type"]["enum"].append("expansion")  # 0.9.2
    tag = parts["LinkedRelease"]["properties"]["tag"]  # 0.9.2: one or several
    parts["LinkedRelease"]["properties"]["tag"] = {
        "type": "array",
        "items": {key: tag.pop(key) for key in ("type", "enum")},
        **tag,
    }
    tender = parts["ContractingProcessSummary"]["properties"]["tender"]["properties"]
    tender["tenderers"] = {"type": "array", "items": PARTY}
    _allow_nothing_empty(schema)  # 0.9.2 and 0.9.3
    return schema


def _allow_nothing_empty(schema: Json) -> None:
    """Refuse empty words, empty or repeating lists and empty things, as 0.9.3 does."""
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if "string" in kinds and "enum" not in schema and "format" not in schema:
        schema.setdefault("minLength", 1)
    if "array" in kinds:
        schema |= {"minItems": 1, "uniqueItems": True}
    if "object" in kinds:
        schema.setdefault("minProperties", 1)
    for group in ("properties", "definitions"):
        for part in schema.get(group, {}).values():
            _allow_nothing_empty(part)
    if isinstance(schema.get("items"), dict):
        _allow_nothing_empty(schema["items"])


class _Quiet(SimpleHTTPRequestHandler):
    """Serves the schemas without a word."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def oc4ids_host(folder: Path) -> Iterator[str]:
    """Serve the schemas of OC4IDS on this machine, as the standard's host would."""
    schema = oc4ids_schema()
    (folder / "codelists").mkdir(parents=True)
    (folder / "project-schema.json").write_text(json.dumps(schema))
    known = codelists_of(schema)
    for name in _codelist_names(schema):
        codes = known.get(name) or ["?"]  # the codes of open lists are not in the schema
        (folder / "codelists" / name).write_text(as_codelist(codes))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    host = f"http://127.0.0.1:{server.server_port}/"
    package = json.dumps(OC4IDS_PACKAGE).replace("{host}", host)
    (folder / "project-package-schema.json").write_text(package)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()


def _codelist_names(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(_codelist_names, schema))
    if not isinstance(schema, dict):
        return set()
    own = {schema["codelist"]} if isinstance(schema.get("codelist"), str) else set()
    return own.union(*map(_codelist_names, schema.values()))


def judge_ocds(package: Json) -> Json:
    """Return what libcoveocds says of a release package."""
    api = pytest.importorskip("libcoveocds.api")
    from libcoveocds.config import LibCoveOCDSConfig

    config = LibCoveOCDSConfig()
    config.config |= {"standard_zip": ocds_standard(), "context": "api"}
    return api.ocds_json_output(json_data=package, lib_cove_ocds_config=config)


def judge_oc4ids(package: Json, folder: Path) -> Json:
    """Return what libcoveoc4ids says of a project package."""
    api = pytest.importorskip("libcoveoc4ids.api")
    from libcoveoc4ids.config import LibCoveOC4IDSConfig

    with oc4ids_host(folder / "oc4ids") as host, pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        config = LibCoveOC4IDSConfig(
            {"schema_host": host, "schema_codelists": {"0.9": f"{host}codelists/"}}
        )
        return api.oc4ids_json_output(json_data=package, lib_cove_oc4ids_config=config)
