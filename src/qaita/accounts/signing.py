"""Detached CMS signatures (RFC 5652), which `openssl cms -verify` accepts.

They are made with the `cryptography` library and checked here without openssl.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from django.utils.translation import gettext as _
from pyasn1.codec.der import decoder, encoder
from pyasn1.error import PyAsn1Error
from pyasn1_modules import rfc5652

from qaita.accounts.authority import Signatory, issue, private_pem, trusted_roots
from qaita.accounts.ber import definite
from qaita.accounts.errors import BAD_SIGNATURE, NOT_CMS
from qaita.kernel.errors import Wrong

MAX_CMS_BYTES = 256 * 1024
MAX_CHAIN = 4
# what the decoders raise at bytes that are not what they should be
BROKEN = (
    PyAsn1Error,
    ValueError,
    TypeError,
    LookupError,
    RecursionError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
)
DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}


@dataclass(frozen=True)
class SigningKey:
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True)
class CheckedSignature:
    """What a sound signature says: whose certificate made it."""

    certificate: x509.Certificate
    fingerprint: str
    subject: str


def make_certificate(who: Signatory, *, since: datetime) -> SigningKey:
    """Return a fresh key with a certificate of the programme's authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    return SigningKey(key, issue(who, key.public_key(), since=since))


def read_key(key_pem: str, certificate_pem: str) -> SigningKey:
    """Return a key kept as PEM."""
    key = serialization.load_pem_private_key(key_pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("a demonstration key is an elliptic-curve key")
    return SigningKey(key, x509.load_pem_x509_certificate(certificate_pem.encode()))


def key_pem(signing_key: SigningKey) -> str:
    """Return the private key as PEM."""
    return private_pem(signing_key.key).decode()


def certificate_pem(certificate: x509.Certificate) -> str:
    """Return a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Return the hex SHA-256 of the certificate."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def sign(document: bytes, signing_key: SigningKey) -> bytes:
    """Return a detached CMS signature over the document, as DER."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(document)
    builder = builder.add_signer(signing_key.certificate, signing_key.key, hashes.SHA256())
    options = [
        pkcs7.PKCS7Options.Binary,
        pkcs7.PKCS7Options.DetachedSignature,
        pkcs7.PKCS7Options.NoCapabilities,
    ]
    return builder.sign(serialization.Encoding.DER, options)


def check_signature(document: bytes, cms: bytes, *, at: datetime) -> CheckedSignature:
    """Return who signed the document, or raise Wrong: digest, signature and chain are checked."""
    try:
        return _checked(document, cms, at)
    except BROKEN:
        raise Wrong({"cms": [NOT_CMS]}) from None


def _checked(document: bytes, cms: bytes, at: datetime) -> CheckedSignature:
    signed = _signed_data(cms)
    signers = signed["signerInfos"]
    if len(signers) != 1:
        raise Wrong({"cms": [NOT_CMS]})
    given = _certificates(signed)
    signer = signers[0]
    certificate = _certificate_of(signer, given)
    digest = DIGESTS.get(str(signer["digestAlgorithm"]["algorithm"]))
    if certificate is None or digest is None:
        raise Wrong({"cms": [BAD_SIGNATURE]})
    _require_digest(document, signer, digest)
    _require_signature(signer, certificate, digest)
    require_trust(certificate, given, at=at)
    return CheckedSignature(
        certificate, fingerprint_of(certificate), certificate.subject.rfc4514_string()
    )


def _signed_data(cms: bytes) -> Any:
    if len(cms) > MAX_CMS_BYTES:
        raise Wrong({"cms": [_("The signature file is larger than 256 KB.")]})
    outer, _rest = decoder.decode(definite(cms), asn1Spec=rfc5652.ContentInfo())
    if outer["contentType"] != rfc5652.id_signedData:
        raise Wrong({"cms": [NOT_CMS]})
    signed, _rest = decoder.decode(bytes(outer["content"]), asn1Spec=rfc5652.SignedData())
    return signed


def _certificates(signed: Any) -> list[x509.Certificate]:
    given = signed["certificates"]
    return [
        x509.load_der_x509_certificate(encoder.encode(choice["certificate"]))
        for choice in (given if given.hasValue() else [])
        if choice.getName() == "certificate"
    ]


def _certificate_of(signer: Any, given: list[x509.Certificate]) -> x509.Certificate | None:
    if signer["sid"].getName() != "issuerAndSerialNumber":
        return None
    named = signer["sid"]["issuerAndSerialNumber"]
    serial, issuer = int(named["serialNumber"]), encoder.encode(named["issuer"])
    return next(
        (
            one
            for one in given
            if one.serial_number == serial and one.issuer.public_bytes() == issuer
        ),
        None,
    )


def _attribute(signer: Any, kind: Any) -> bytes:
    for attribute in signer["signedAttrs"]:
        if attribute["attrType"] == kind and len(attribute["attrValues"]) == 1:
            return bytes(attribute["attrValues"][0])
    raise Wrong({"cms": [BAD_SIGNATURE]})


def _require_digest(document: bytes, signer: Any, digest: hashes.HashAlgorithm) -> None:
    """The signed attributes must hold the digest of exactly this document (RFC 5652 §11.2)."""
    if not signer["signedAttrs"].hasValue():
        raise Wrong({"cms": [BAD_SIGNATURE]})
    said, _rest = decoder.decode(
        _attribute(signer, rfc5652.id_messageDigest), asn1Spec=rfc5652.MessageDigest()
    )
    if bytes(said) != hashlib.new(digest.name, document).digest():
        raise Wrong({"cms": [BAD_SIGNATURE]})


def _require_signature(
    signer: Any, certificate: x509.Certificate, digest: hashes.HashAlgorithm
) -> None:
    """The signature covers the attributes encoded as a SET, not as [0] (RFC 5652 §5.4)."""
    attributes = rfc5652.SignedAttributes()
    for index, attribute in enumerate(signer["signedAttrs"]):
        attributes[index] = attribute
    signed, signature = encoder.encode(attributes), bytes(signer["signature"])
    try:
        key = certificate.public_key()
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        else:
            raise Wrong({"cms": [BAD_SIGNATURE]})
    except InvalidSignature:
        raise Wrong({"cms": [BAD_SIGNATURE]}) from None


def require_trust(
    certificate: x509.Certificate, given: list[x509.Certificate], *, at: datetime
) -> None:
    """Raise Wrong unless the certificate leads to a trusted root through certificates in force."""
    roots, link = trusted_roots(), certificate
    for _step in range(MAX_CHAIN):
        if not link.not_valid_before_utc <= at <= link.not_valid_after_utc:
            break
        if any(root.not_valid_after_utc >= at and _issued(link, by=root) for root in roots):
            return
        above = next((one for one in given if one != link and _issued(link, by=one)), None)
        if above is None:
            break
        link = above
    raise Wrong({"cms": [BAD_SIGNATURE]})


def _issued(certificate: x509.Certificate, *, by: x509.Certificate) -> bool:
    try:
        if not by.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        certificate.verify_directly_issued_by(by)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
