"""C2SP signed notes with Ed25519: how a checkpoint is signed and checked."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

ED25519 = b"\x01"


@dataclass(frozen=True)
class Verifier:
    """A public key with the name it signs under."""

    name: str
    key_id: bytes
    public: Ed25519PublicKey


@dataclass(frozen=True)
class Checkpoint:
    """What a log promises: its name, how many leaves it has, and their root."""

    origin: str
    size: int
    root: bytes


def key_id(name: str, public: bytes) -> bytes:
    """Return the four bytes that tell keys of one name apart."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_text(name: str, public: bytes) -> str:
    """Write a verifier key: name+id+base64."""
    encoded = base64.b64encode(ED25519 + public).decode()
    return f"{name}+{key_id(name, public).hex()}+{encoded}"


def read_verifier(text: str) -> Verifier:
    """Read a verifier key, or raise ValueError."""
    try:
        name, identity, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise ValueError("not a verifier key of a signed note: name+id+base64") from None
    if raw[:1] != ED25519 or len(raw) != 33 or key_id(name, raw[1:]).hex() != identity:
        raise ValueError("not an Ed25519 verifier key of a signed note")
    return Verifier(name, bytes.fromhex(identity), Ed25519PublicKey.from_public_bytes(raw[1:]))


def sign_checkpoint(checkpoint: Checkpoint, name: str, private: Ed25519PrivateKey) -> str:
    """Return the signed note of a checkpoint."""
    root = base64.b64encode(checkpoint.root).decode()
    body = f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"
    public = private.public_key().public_bytes_raw()
    signature = key_id(name, public) + private.sign(body.encode())
    return f"{body}\n— {name} {base64.b64encode(signature).decode()}\n"


def open_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint in a note signed by the verifier's key, or raise ValueError."""
    body, gap, signatures = note.rpartition("\n\n")
    if not gap:
        raise ValueError("the checkpoint has no signature")
    body += "\n"
    own = [raw for name, raw in map(_signature, signatures.splitlines()) if name == verifier.name]
    for raw in own:
        if raw[:4] == verifier.key_id:
            try:
                verifier.public.verify(raw[4:], body.encode())
            except InvalidSignature:
                raise ValueError("the signature of the checkpoint is wrong") from None
            origin, size, root = body.split("\n")[:3]
            return Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
    raise ValueError(f"the checkpoint is not signed by {verifier.name}")


def _signature(line: str) -> tuple[str, bytes]:
    """Return the name and the bytes of a signature line; others' are read but not checked."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    raw = base64.b64decode(encoded, validate=True)
    if dash != "—" or not name or len(raw) < 5:
        raise ValueError("a signature line of the checkpoint is malformed")
    return name, raw
