"""Signed notes: the format's own example key layout, round trip and refusal."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qaita.ledger.notes import (
    Checkpoint,
    open_checkpoint,
    read_verifier,
    sign_checkpoint,
    verifier_text,
)

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
POINT = Checkpoint("log.example/ledger", 7, b"r" * 32)


def test_a_signed_checkpoint_opens_with_its_key():
    verifier = read_verifier(verifier_text("log.example", PUBLIC))
    note = sign_checkpoint(POINT, "log.example", PRIVATE)
    assert note.startswith("log.example/ledger\n7\n")
    assert "\n\n— log.example " in note
    assert open_checkpoint(note, verifier) == POINT


def test_another_key_or_a_changed_size_does_not_open_it():
    note = sign_checkpoint(POINT, "log.example", PRIVATE)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(ValueError, match="not signed by"):
        open_checkpoint(note, read_verifier(verifier_text("log.example", other)))
    with pytest.raises(ValueError, match="signature"):
        open_checkpoint(
            note.replace("\n7\n", "\n8\n"), read_verifier(verifier_text("log.example", PUBLIC))
        )


def test_a_key_with_a_wrong_digest_is_refused():
    text = verifier_text("log.example", PUBLIC)
    name, digest, encoded = text.split("+", 2)
    with pytest.raises(ValueError, match="verifier key"):
        read_verifier(f"{name}+{'0' * len(digest)}+{encoded}")
