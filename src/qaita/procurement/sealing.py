"""Bids sealed to k of n committee keys: library cryptography and one old scheme.

The offer is encrypted with XChaCha20-Poly1305 under a random content key. The key is split by
the replicated secret sharing of Ito, Saito and Nishizeki ("Secret sharing scheme realizing
general access structure", Globecom 1987): for every set of k-1 members there is one random pad,
given to all the others; the key is the XOR of all pads. Any k members hold all pads together,
any k-1 miss the pad named after them. Each member's pads travel in a NaCl sealed box (X25519).

The header names tender, lot, bidder, the committee's keys and a hash of every pad; it is the
associated data of the encryption and its hash lies in every member's box. So nothing can be
moved to another bid, a member cannot give a false share unnoticed, and the bidder cannot make an
envelope that opens differently to different members. Offers are padded to whole kilobytes, so
that the length of the ciphertext tells nothing of the price.

`frontend/seal.js` does the same with libsodium in the bidder's browser.
"""

import base64
import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import comb
from typing import Any

import nacl.bindings as sodium
import rfc8785
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.utils import random

from qaita.kernel.errors import Reason, Refused
from qaita.procurement.errors import (
    ENVELOPE_TOO_LARGE,
    FALSE_SHARE,
    NOT_THE_SAME_KEYS,
    OTHER_BIDDER,
    TOO_FEW_SHARES,
    WRONG_ENVELOPE,
)

VERSION = 1
KEY_BYTES = 32
HASH_BYTES = 32
NONCE_BYTES = 24
TAG_BYTES = 16
BLOCK_BYTES = 1024
SEAL_BYTES = 48
MAX_MEMBERS = 9
MAX_ENVELOPE_BYTES = 65_536
MAX_BLOCKS = 8


@dataclass(frozen=True)
class Sealer:
    """A committee member as the sealing sees one: public code and X25519 public key."""

    person: str
    key: bytes


@dataclass(frozen=True)
class Address:
    """What an envelope is bound to."""

    tender: str
    lot: str
    bidder: str
    threshold: int
    members: tuple[Sealer, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: what the browser and the command line read."""
        return {
            "tender": self.tender,
            "lot": self.lot,
            "bidder": self.bidder,
            "threshold": self.threshold,
            "members": [{"person": one.person, "key": b64(one.key)} for one in self.members],
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Address":
        """Read the plain values back."""
        members = tuple(Sealer(str(m["person"]), unb64(m["key"])) for m in plain["members"])
        tender, lot, bidder = (str(plain[name]) for name in ("tender", "lot", "bidder"))
        return cls(tender, lot, bidder, int(plain["threshold"]), members)


def b64(data: bytes) -> str:
    """Return the bytes as base 64 text."""
    return base64.b64encode(data).decode()


def unb64(text: str) -> bytes:
    """Return the bytes of base 64 text; ValueError when it is none."""
    return base64.b64decode(text, validate=True)


def _digest(data: bytes) -> str:
    """Return BLAKE2b-256, which every build of libsodium has."""
    return hashlib.blake2b(data, digest_size=HASH_BYTES).hexdigest()


def pad_names(members: int, threshold: int) -> list[str]:
    """Return the names of the pads: the places, joined by dots, of those who do not get it."""
    places = range(1, members + 1)
    return [".".join(map(str, out)) for out in itertools.combinations(places, threshold - 1)]


def holds(place: int, name: str) -> bool:
    """Tell whether the member at the place gets the pad."""
    return str(place) not in name.split(".")


def committee_digest(members: Iterable[Sealer], threshold: int) -> str:
    """Return the hash of the committee's keys that is announced with the tender."""
    listed = [{"key": b64(member.key), "person": member.person} for member in members]
    return _digest(rfc8785.dumps({"members": listed, "threshold": threshold}))


def pad_hash(address: Mapping[str, Any], name: str, pad: bytes) -> str:
    """Return the commitment to a pad; 256 random bits need no salt."""
    bound = {key: address[key] for key in ("tender", "lot", "bidder")}
    return _digest(rfc8785.dumps({**bound, "pad": name}) + pad)


def make_key() -> tuple[bytes, bytes]:
    """Return a fresh (private, public) pair of a committee member."""
    private = PrivateKey.generate()
    return bytes(private), bytes(private.public_key)


def seal_offer(offer: Mapping[str, Any], address: Address) -> bytes:
    """Return the envelope only k of the members can open."""
    if not 1 <= address.threshold <= len(address.members) <= MAX_MEMBERS:
        raise Refused("bid.seal", [WRONG_ENVELOPE])
    names = pad_names(len(address.members), address.threshold)
    pads = {name: random(KEY_BYTES) for name in names}
    header = _header(address, pads)
    bound = rfc8785.dumps(header)
    nonce = random(NONCE_BYTES)
    message = sodium.sodium_pad(rfc8785.dumps(dict(offer)), BLOCK_BYTES)
    box = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(message, bound, nonce, _xor(pads))
    shares = {}
    for place, member in enumerate(address.members, 1):
        mine = {name: b64(pad) for name, pad in pads.items() if holds(place, name)}
        package = rfc8785.dumps({"header": _digest(bound), "pads": mine})
        shares[member.person] = b64(SealedBox(PublicKey(member.key)).encrypt(package))
    return rfc8785.dumps({"box": b64(box), "header": header, "nonce": b64(nonce), "shares": shares})


def check_envelope(envelope: bytes, address: Address) -> None:
    """Raise Refused unless the envelope is whole, ours, and addressed as it must be.

    Only its outside can be judged: nobody here is able to look inside.
    """
    if len(envelope) > MAX_ENVELOPE_BYTES:
        raise Refused("bid.submit", [ENVELOPE_TOO_LARGE])
    reason = _fault_of(envelope, address)
    if reason is not None:
        raise Refused("bid.submit", [reason])


def open_share(envelope: bytes, person: str, private_key: bytes) -> dict[str, str]:
    """Return the pads a member's private key reveals: runs at the member's, never on the server."""
    whole = json.loads(envelope)
    header = whole["header"]
    try:
        package = json.loads(
            SealedBox(PrivateKey(private_key)).decrypt(unb64(whole["shares"][person]))
        )
    except (CryptoError, KeyError, ValueError):
        raise Refused("bid.open_share", [FALSE_SHARE]) from None
    pads: dict[str, str] = package["pads"]
    if package["header"] != _digest(rfc8785.dumps(header)):
        raise Refused("bid.open_share", [FALSE_SHARE])
    check_share(envelope, person, pads)
    return pads


def check_share(envelope: bytes, person: str, pads: Mapping[str, str]) -> None:
    """Raise Refused unless these are exactly the pads the bidder gave to this member."""
    header = json.loads(envelope)["header"]
    places = {member["person"]: place for place, member in enumerate(header["members"], 1)}
    if person not in places:
        raise Refused("bid.share", [FALSE_SHARE])
    mine = {name for name in header["pads"] if holds(places[person], name)}
    if set(pads) != mine:
        raise Refused("bid.share", [FALSE_SHARE])
    for name, text in pads.items():
        if _hash_of_text(header, name, text) != header["pads"][name]:
            raise Refused("bid.share", [FALSE_SHARE])


def open_envelope(envelope: bytes, shares: Sequence[Mapping[str, str]]) -> dict[str, Any] | None:
    """Return the offer from the shares of at least k members, None when the box holds none."""
    whole = json.loads(envelope)
    header = whole["header"]
    pads = {name: unb64(text) for share in shares for name, text in share.items()}
    if set(pads) != set(header["pads"]):
        raise Refused("bid.open", [TOO_FEW_SHARES])
    try:
        message = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            unb64(whole["box"]), rfc8785.dumps(header), unb64(whole["nonce"]), _xor(pads)
        )
        offer = json.loads(sodium.sodium_unpad(message, BLOCK_BYTES))
    except (CryptoError, ValueError):
        return None
    return offer if isinstance(offer, dict) else None


def _header(address: Address, pads: Mapping[str, bytes]) -> dict[str, Any]:
    header: dict[str, Any] = {
        "bidder": address.bidder,
        "lot": address.lot,
        "members": [{"key": b64(m.key), "person": m.person} for m in address.members],
        "tender": address.tender,
        "threshold": address.threshold,
        "v": VERSION,
    }
    header["pads"] = {name: pad_hash(header, name, pad) for name, pad in pads.items()}
    return header


def _xor(pads: Mapping[str, bytes]) -> bytes:
    return reduce(
        lambda left, right: bytes(a ^ b for a, b in zip(left, right, strict=True)), pads.values()
    )


def _hash_of_text(header: Mapping[str, Any], name: str, text: object) -> str:
    try:
        pad = unb64(str(text))
    except ValueError:
        return ""
    return pad_hash(header, name, pad) if len(pad) == KEY_BYTES else ""


def _fault_of(envelope: bytes, address: Address) -> Reason | None:
    try:
        whole = json.loads(envelope)
        if rfc8785.dumps(whole) != envelope:
            return WRONG_ENVELOPE
        return _fault_of_header(whole["header"], address) or _fault_of_boxes(whole, address)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return WRONG_ENVELOPE


def _fault_of_header(header: Mapping[str, Any], address: Address) -> Reason | None:
    known = {"bidder", "lot", "members", "pads", "tender", "threshold", "v"}
    members = [{"key": b64(m.key), "person": m.person} for m in address.members]
    names = pad_names(len(members), address.threshold)
    hashes = list(header["pads"].values())
    rules = [
        (header["v"] == VERSION and set(header) == known, WRONG_ENVELOPE),
        (
            (header["tender"], header["lot"], header["bidder"])
            == (address.tender, address.lot, address.bidder),
            OTHER_BIDDER,
        ),
        (
            header["members"] == members and header["threshold"] == address.threshold,
            NOT_THE_SAME_KEYS,
        ),
        (sorted(header["pads"]) == sorted(names), WRONG_ENVELOPE),
        (len(set(hashes)) == len(names), WRONG_ENVELOPE),
        (all(len(bytes.fromhex(text)) == HASH_BYTES for text in hashes), WRONG_ENVELOPE),
    ]
    return next((reason for kept, reason in rules if not kept), None)


def _fault_of_boxes(whole: Mapping[str, Any], address: Address) -> Reason | None:
    blocks, rest = divmod(len(unb64(whole["box"])) - TAG_BYTES, BLOCK_BYTES)
    given = comb(len(address.members) - 1, address.threshold - 1)
    shortest = SEAL_BYTES + given * len(b64(bytes(KEY_BYTES)))
    kept = [
        set(whole) == {"box", "header", "nonce", "shares"},
        len(unb64(whole["nonce"])) == NONCE_BYTES,
        not rest and 1 <= blocks <= MAX_BLOCKS,
        set(whole["shares"]) == {member.person for member in address.members},
        all(len(unb64(text)) > shortest for text in whole["shares"].values()),
    ]
    return None if all(kept) else WRONG_ENVELOPE
