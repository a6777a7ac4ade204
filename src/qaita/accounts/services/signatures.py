"""Certificates of signatories and signatures over documents."""

import hashlib
from datetime import datetime, timedelta

from cryptography import x509
from django.db import transaction

from qaita.accounts.authority import Signatory
from qaita.accounts.errors import (
    BAD_CERTIFICATE,
    BAD_SIGNATURE,
    CHECK_UNREACHABLE,
    NO_DEMONSTRATION_KEY,
    NOT_DEMONSTRATION,
    NOT_KEEPER,
    NOT_YOUR_CERTIFICATE,
    ROLE_NOT_HELD,
)
from qaita.accounts.models import Certificate, Organisation, Person, Signature
from qaita.accounts.queries import get_person
from qaita.accounts.roles import is_keeper
from qaita.accounts.signing import (
    certificate_pem,
    check_signature,
    fingerprint_of,
    key_pem,
    make_certificate,
    read_key,
    require_trust,
    sign,
)
from qaita.gateways.errors import Unreachable
from qaita.gateways.validation import validation
from qaita.kernel.actor import Actor
from qaita.kernel.errors import NotYours, Refused, Wrong
from qaita.ledger.leaves import make_entry
from qaita.ledger.services import record, record_many

A_DAY = timedelta(days=1)


def issue_demonstration_certificate(
    person: Person, organisation: Organisation, *, since: datetime, by: Actor, at: datetime
) -> Certificate:
    """Give a signatory of a demonstration organisation a key that is held here."""
    if not is_keeper(by):
        raise Refused("certificate.issue", [NOT_KEEPER])
    if not organisation.is_demonstration:
        raise Refused("certificate.issue", [NOT_DEMONSTRATION])
    who = Signatory(person.code, organisation.name_en, organisation.bin)
    made = make_certificate(who, since=since - A_DAY)
    return _keep_certificate(person, made.certificate, key_pem(made), by=by, at=at)


def register_certificate(person: Person, pem: str, *, by: Actor, at: datetime) -> Certificate:
    """Take a certificate whose key stays with its owner."""
    if by.code != person.code:
        raise NotYours("certificate")
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        require_trust(certificate, [], at=at)
    except (ValueError, Wrong):
        raise Wrong({"pem": [BAD_CERTIFICATE]}) from None
    if Certificate.objects.filter(fingerprint=fingerprint_of(certificate)).exists():
        raise Wrong({"pem": [BAD_CERTIFICATE]})
    return _keep_certificate(person, certificate, "", by=by, at=at)


def _keep_certificate(
    person: Person, certificate: x509.Certificate, key: str, *, by: Actor, at: datetime
) -> Certificate:
    with transaction.atomic():
        kept = Certificate.objects.create(
            person=person,
            fingerprint=fingerprint_of(certificate),
            pem=certificate_pem(certificate),
            demonstration_key_pem=key,
            starts_at=certificate.not_valid_before_utc,
            ends_at=certificate.not_valid_after_utc,
        )
        facts = {
            "person": person.code,
            "fingerprint": kept.fingerprint,
            "held_for_demonstration": kept.held_for_demonstration,
        }
        record("certificate.register", kept.code, by=by, at=at, facts=facts)
    return kept


def revoke_certificate(certificate: Certificate, *, by: Actor, at: datetime) -> Certificate:
    """End a certificate: what was signed before stays signed."""
    if by.code != certificate.person.code and not is_keeper(by):
        raise NotYours("certificate")
    with transaction.atomic():
        if Certificate.objects.filter(pk=certificate.pk, revoked_at=None).update(revoked_at=at):
            record("certificate.revoke", certificate.code, by=by, at=at)
            certificate.revoked_at = at
    return certificate


def sign_document(
    subject_code: str,
    document: bytes,
    cms: bytes | None,
    *,
    role: str,
    by: Actor,
    at: datetime,
) -> Signature:
    """Keep a signature over the document: the given CMS, or one made with a demonstration key."""
    if not by.has(role):
        raise Refused("document.sign", [ROLE_NOT_HELD])
    person = get_person(by.code)
    certificate, cms = _certified(person, document, cms, at)
    with transaction.atomic():
        signature = Signature.objects.create(
            subject_code=subject_code,
            document=document,
            document_sha256=hashlib.sha256(document).hexdigest(),
            cms=cms,
            person=person,
            certificate=certificate,
            role=role,
            at=at,
        )
        facts = {
            "role": role,
            "signature": signature.code,
            "document_sha256": signature.document_sha256,
            "cms_sha256": hashlib.sha256(cms).hexdigest(),
            "certificate": certificate.fingerprint,
        }
        made = [("document.sign", subject_code, facts), ("signature.keep", signature.code, {})]
        record_many(
            make_entry(kind=kind, code=code, actor=by.code, at=at, facts=told)
            for kind, code, told in made
        )
    return signature


def _certified(
    person: Person, document: bytes, cms: bytes | None, at: datetime
) -> tuple[Certificate, bytes]:
    """Return the certificate in force and the checked or freshly made signature."""
    ours = Certificate.objects.filter(
        person=person, revoked_at=None, starts_at__lte=at, ends_at__gte=at
    )
    if cms is not None:
        checked = check_signature(document, cms, at=at)
        certificate = ours.filter(fingerprint=checked.fingerprint).first()
        if certificate is None:
            raise Refused("document.sign", [NOT_YOUR_CERTIFICATE])
        _require_in_force(document, cms)
        return certificate, cms
    certificate = ours.exclude(demonstration_key_pem="").first()
    if certificate is None:
        raise Refused("document.sign", [NO_DEMONSTRATION_KEY])
    key = read_key(certificate.demonstration_key_pem, certificate.pem)
    return certificate, sign(document, key)


def _require_in_force(document: bytes, cms: bytes) -> None:
    """Ask the outer service, when one is configured, whether the certificate was revoked."""
    try:
        holds = validation().holds(document, cms)
    except Unreachable:
        raise Refused("document.sign", [CHECK_UNREACHABLE]) from None
    if not holds:
        raise Wrong({"cms": [BAD_SIGNATURE]})
