"""The programme's certificate authority: one key in the data folder, one root certificate."""

import fcntl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from qaita.accounts.errors import AUTHORITY_KEY_LOST
from qaita.kernel.errors import Refused

# The root begins early enough for every day of a history that is loaded later.
EPOCH = datetime.fromtimestamp(0, UTC)
ROOT_YEARS = 100
SIGNATORY_YEARS = 10
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Authority:
    """The root certificate and its key."""

    root: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Signatory:
    """Who a certificate is made for: a public code, never a name, and the organisation."""

    code: str
    organisation: str
    bin: str


def folder() -> Path:
    """Return where the authority's files lie."""
    return Path(settings.DATA_DIR) / "authority"


def authority() -> Authority:
    """Return the authority, made on the first call."""
    place = folder()
    if not (place / "root.pem").exists():
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (place / "founding.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)  # processes that start together make one authority
            if not (place / "root.pem").exists():
                _found_authority(place)
    return _read_authority(place)


@lru_cache(maxsize=4)
def _read_authority(place: Path) -> Authority:
    try:
        key = serialization.load_pem_private_key((place / "root.key").read_bytes(), None)
    except (FileNotFoundError, ValueError):
        raise Refused("certificate.authority", [AUTHORITY_KEY_LOST]) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{place}/root.key is not an elliptic-curve key")
    return Authority(x509.load_pem_x509_certificate((place / "root.pem").read_bytes()), key)


def _found_authority(place: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Qaita programme signatories")])
    root = (
        _builder(name, name, key.public_key(), EPOCH, EPOCH + ROOT_YEARS * YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = place / "root.key"
    secret.touch(mode=0o600)
    secret.write_bytes(private_pem(key))
    # the certificate last and in one step: where it is, the key that made it is
    half = place / "root.pem.new"
    half.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    half.rename(place / "root.pem")


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the key as PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def trusted_roots() -> list[x509.Certificate]:
    """Return our root and those the administrator put into `authority/trust/*.pem`."""
    roots = [authority().root]
    for path in sorted((folder() / "trust").glob("*.pem")):
        roots += x509.load_pem_x509_certificates(path.read_bytes())
    return roots


def issue(
    who: Signatory, public_key: ec.EllipticCurvePublicKey, *, since: datetime
) -> x509.Certificate:
    """Return a certificate that lets the key sign documents."""
    ours = authority()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, who.code),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, who.organisation[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"BIN{who.bin}"),
        ]
    )
    until = since + SIGNATORY_YEARS * YEAR
    return (
        _builder(subject, ours.root.subject, public_key, since, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        # what openssl asks of a signer of CMS
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .sign(ours.key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    since: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
