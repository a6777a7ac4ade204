import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from qaita.accounts.authority import Signatory, authority, folder, issue, private_pem
from qaita.accounts.models import Signature
from qaita.accounts.queries import signatures_of
from qaita.accounts.services import (
    issue_demonstration_certificate,
    register_certificate,
    revoke_certificate,
    sign_document,
)
from qaita.accounts.signing import (
    SigningKey,
    certificate_pem,
    check_signature,
    make_certificate,
    sign,
)
from qaita.kernel.actor import NOBODY, SYSTEM
from qaita.kernel.errors import Missing, NotYours, Refused, Wrong
from qaita.ledger.queries import timeline
from tests.accounts.make import AT, make_organisation, make_person, make_signatory

DOCUMENT = "Қабылдау актісі № 1".encode()
WHO = Signatory("PN-TEST", "Demo Water", "031140001297")
openssl = shutil.which("openssl")


@pytest.fixture(autouse=True)
def own_authority(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def run_openssl(tmp_path, document, cms, root_pem):
    (tmp_path / "d").write_bytes(document)
    (tmp_path / "s").write_bytes(cms)
    (tmp_path / "ca").write_bytes(root_pem)
    command = [openssl, "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "s"]
    files = ["-content", tmp_path / "d", "-CAfile", tmp_path / "ca", "-out", "/dev/null"]
    return subprocess.run([*command, *files], capture_output=True).returncode


def test_what_we_sign_we_find_sound():
    key = make_certificate(WHO, since=AT)
    checked = check_signature(DOCUMENT, sign(DOCUMENT, key), at=AT)
    assert checked.certificate == key.certificate
    assert "PN-TEST" in checked.subject


@pytest.mark.skipif(openssl is None, reason="openssl is not installed")
def test_openssl_accepts_what_we_sign_and_refuses_another_document(tmp_path):
    cms = sign(DOCUMENT, make_certificate(WHO, since=AT))
    root = authority().root.public_bytes(serialization.Encoding.PEM)
    assert run_openssl(tmp_path, DOCUMENT, cms, root) == 0
    assert run_openssl(tmp_path, DOCUMENT + b" ", cms, root) != 0


def openssl_signs(tmp_path, key, *options):
    """Let openssl sign the document; return the CMS."""
    if openssl is None:
        pytest.skip("openssl is not installed")
    (tmp_path / "key").write_bytes(private_pem(key.key))
    (tmp_path / "cert").write_text(certificate_pem(key.certificate))
    (tmp_path / "d").write_bytes(DOCUMENT)
    command = [openssl, "cms", "-sign", "-binary", "-outform", "DER", "-in", tmp_path / "d"]
    files = ["-signer", tmp_path / "cert", "-inkey", tmp_path / "key", "-out", tmp_path / "s"]
    subprocess.run([*command, *options, *files], check=True, capture_output=True)
    return (tmp_path / "s").read_bytes()


INDEFINITE = b"\x80"
WAYS = {"plain": (), "stream": ("-stream",), "within": ("-nodetach", "-stream")}


@pytest.mark.parametrize("way", WAYS)
def test_we_accept_what_openssl_signs(tmp_path, way):
    key = make_certificate(WHO, since=AT)
    cms = openssl_signs(tmp_path, key, *WAYS[way])
    assert (cms[1:2] == INDEFINITE) == (way != "plain"), "BER as clients of national CAs write it"
    assert check_signature(DOCUMENT, cms, at=AT).certificate == key.certificate
    with pytest.raises(Wrong):
        check_signature(DOCUMENT + b" ", cms, at=AT)


def test_a_signature_in_pieces_is_read_and_every_changed_byte_noticed(tmp_path):
    key = make_certificate(WHO, since=AT)
    cms = openssl_signs(tmp_path, key, "-nodetach", "-stream")
    for place in range(0, len(cms), 5):
        broken = bytearray(cms)
        broken[place] ^= 1
        try:
            checked = check_signature(DOCUMENT, bytes(broken), at=AT)
        except Wrong:
            continue
        assert checked.certificate.public_key() == key.certificate.public_key()
    for end in range(0, len(cms) - 12, 37):
        with pytest.raises(Wrong):
            check_signature(DOCUMENT, cms[:end], at=AT)


@pytest.mark.parametrize(
    "cms",
    [
        b"\x30\x80" * 60_000,
        b"\x30\x80" + b"\x24\x80" * 100_000,
        b"\x30\x80\x24\x80" + b"\x04\x01x" * 85_000 + b"\0\0\0\0",
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x80"
        + b"\x30\x80\0\0" * 60_000,
        b"\x30\x84\xff\xff\xff\xff",
        b"\x1f" + b"\xff" * 200_000,
    ],
    ids=["deep", "deep pieces", "many pieces", "endless sets", "long length", "long tag"],
)
def test_hostile_ber_is_refused_quickly(cms):
    began = time.monotonic()
    with pytest.raises(Wrong):
        check_signature(DOCUMENT, cms, at=AT)
    assert time.monotonic() - began < 10


def test_a_changed_document_is_noticed():
    cms = sign(DOCUMENT, make_certificate(WHO, since=AT))
    with pytest.raises(Wrong):
        check_signature(DOCUMENT + b" ", cms, at=AT)


def test_every_changed_byte_of_the_signature_is_noticed():
    key = make_certificate(WHO, since=AT)
    cms = sign(DOCUMENT, key)
    for place in range(0, len(cms), 7):
        broken = bytearray(cms)
        broken[place] ^= 1
        try:
            checked = check_signature(DOCUMENT, bytes(broken), at=AT)
        except Wrong:
            continue
        # bytes that say nothing, such as versions: the signer is still the same
        assert checked.certificate.public_key() == key.certificate.public_key()


@pytest.mark.parametrize(
    "cms", [b"", b"nonsense", b"\x30\x80\x00\x00", b"\x30" * 5_000, b"0" * 300_000]
)
def test_nonsense_is_not_a_signature(cms):
    with pytest.raises(Wrong):
        check_signature(DOCUMENT, cms, at=AT)


def self_made(name="Impostor"):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority().root.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(AT)
        .not_valid_after(AT + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return SigningKey(key, certificate)


def test_a_certificate_of_a_stranger_is_not_trusted():
    with pytest.raises(Wrong):
        check_signature(DOCUMENT, sign(DOCUMENT, self_made()), at=AT)


def test_a_certificate_made_by_another_signatory_is_not_trusted():
    signatory = make_certificate(WHO, since=AT)
    key = ec.generate_private_key(ec.SECP256R1())
    forged = (
        x509.CertificateBuilder()
        .subject_name(authority().root.subject)
        .issuer_name(signatory.certificate.subject)
        .public_key(key.public_key())
        .serial_number(8)
        .not_valid_before(AT)
        .not_valid_after(AT + timedelta(days=9))
        .sign(signatory.key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(DOCUMENT)
    builder = builder.add_signer(forged, key, hashes.SHA256())
    builder = builder.add_certificate(signatory.certificate)
    options = [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.DetachedSignature]
    with pytest.raises(Wrong):
        check_signature(DOCUMENT, builder.sign(serialization.Encoding.DER, options), at=AT)


def test_a_certificate_outside_its_days_is_not_trusted():
    cms = sign(DOCUMENT, make_certificate(WHO, since=AT))
    for at in (AT - timedelta(days=1), AT + timedelta(days=4_000)):
        with pytest.raises(Wrong):
            check_signature(DOCUMENT, cms, at=at)


def test_another_authority_may_be_trusted_with_rsa_keys():
    stranger = self_made("Another authority")
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Signatory")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(stranger.certificate.subject)
        .public_key(key.public_key())
        .serial_number(9)
        .not_valid_before(AT)
        .not_valid_after(AT + timedelta(days=9))
        .sign(stranger.key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(DOCUMENT)
    builder = builder.add_signer(certificate, key, hashes.SHA512())
    options = [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.DetachedSignature]
    cms = builder.sign(serialization.Encoding.DER, options)
    with pytest.raises(Wrong):
        check_signature(DOCUMENT, cms, at=AT)
    (folder() / "trust").mkdir()
    (folder() / "trust" / "other.pem").write_text(certificate_pem(stranger.certificate))
    assert check_signature(DOCUMENT, cms, at=AT).certificate == certificate


def test_processes_that_start_together_found_one_authority():
    barrier = threading.Barrier(8)

    def found(_number: int) -> bytes:
        barrier.wait()
        return authority().root.fingerprint(hashes.SHA256())

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(found, range(8)))) == 1
    ours = authority()
    assert ours.key.public_key() == ours.root.public_key()


def test_the_key_of_the_authority_is_for_its_owner_only():
    authority()
    assert (folder() / "root.key").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_a_signatory_signs_and_the_ledger_tells():
    person, actor = make_signatory()
    row = sign_document("AC-1", DOCUMENT, None, role="utility_head", by=actor, at=AT)
    assert check_signature(DOCUMENT, bytes(row.cms), at=AT)
    kept = signatures_of("AC-1").get()
    assert (kept.person, kept.role) == (person, "utility_head")
    facts = timeline("AC-1")[0].facts
    assert (facts["role"], facts["document_sha256"]) == ("utility_head", row.document_sha256)


@pytest.mark.django_db
def test_a_signature_made_outside_needs_a_registered_certificate():
    person, actor = make_signatory()
    key = make_certificate(Signatory(person.code, "Demo", "031140001297"), since=AT)
    cms = sign(DOCUMENT, key)
    with pytest.raises(Refused, match="not_your_certificate"):
        sign_document("AC-1", DOCUMENT, cms, role="utility_head", by=actor, at=AT)
    kept = register_certificate(person, certificate_pem(key.certificate), by=actor, at=AT)
    assert not kept.held_for_demonstration
    row = sign_document("AC-1", DOCUMENT, cms, role="utility_head", by=actor, at=AT)
    assert row.certificate == kept
    revoke_certificate(kept, by=actor, at=AT)
    with pytest.raises(Refused):
        sign_document("AC-1", DOCUMENT, cms, role="utility_head", by=actor, at=AT)


@pytest.mark.django_db
def test_a_signature_is_refused_without_role_key_or_person():
    _person, actor = make_signatory()
    with pytest.raises(Refused, match="role_not_held"):
        sign_document("AC-1", DOCUMENT, None, role="regulator", by=actor, at=AT)
    with pytest.raises(Refused, match="role_not_held"):
        sign_document("AC-1", DOCUMENT, None, role="utility_head", by=NOBODY, at=AT)
    with pytest.raises(Missing):
        sign_document("AC-1", DOCUMENT, None, role="system", by=SYSTEM, at=AT)
    assert not Signature.objects.exists()


@pytest.mark.django_db
def test_keys_are_held_for_demonstrations_only():
    organisation, person = make_organisation(), make_person()
    organisation.is_demonstration = False
    with pytest.raises(Refused, match="not_demonstration"):
        issue_demonstration_certificate(person, organisation, since=AT, by=SYSTEM, at=AT)
    with pytest.raises(Refused, match="not_keeper"):
        issue_demonstration_certificate(person, organisation, since=AT, by=NOBODY, at=AT)


@pytest.mark.django_db
def test_a_certificate_is_registered_by_its_owner_and_trusted():
    person, actor = make_signatory()
    stranger = certificate_pem(self_made().certificate)
    for pem in ("", "nonsense", stranger):
        with pytest.raises(Wrong):
            register_certificate(person, pem, by=actor, at=AT)
    with pytest.raises(NotYours):
        register_certificate(person, stranger, by=NOBODY, at=AT)
    key = ec.generate_private_key(ec.SECP256R1())
    good = certificate_pem(issue(WHO, key.public_key(), since=AT))
    register_certificate(person, good, by=actor, at=AT)
    with pytest.raises(Wrong):
        register_certificate(person, good, by=actor, at=AT)
