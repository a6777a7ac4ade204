"""Certificates of the signed-in person, and the signatures under a thing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from qaita.accounts.models import Certificate, Person, Signature
from qaita.accounts.queries import certificates_of, signatures_of, trusted_roots_pem
from qaita.accounts.services import register_certificate, revoke_certificate
from qaita.kernel.errors import NotYours
from qaita.web.accounts.forms import CertificateForm
from qaita.web.desk.forms import sent
from qaita.web.middleware import Request


@login_required
def certificates(request: Request) -> HttpResponse:
    """Show my certificates; register one whose key stays with me."""
    me = Person.objects.get(code=request.actor.code)
    form = CertificateForm(sent(request))
    if request.method == "POST" and form.is_valid():
        register_certificate(me, form.cleaned_data["pem"], by=request.actor, at=request.at)
        messages.success(request, gettext("The certificate is registered. You can sign with it."))
        return redirect("accounts:certificates")
    context = {"rows": certificates_of(me), "form": form, "now": request.at}
    status = 422 if form.errors else 200
    return render(request, "accounts/certificates.html", context, status=status)


@login_required
@require_POST
def end_certificate(request: Request, code: str) -> HttpResponse:
    """End one of my certificates."""
    certificate = get_object_or_404(Certificate, code=code)
    revoke_certificate(certificate, by=request.actor, at=request.at)
    messages.success(request, gettext("The certificate signs nothing any more."))
    return redirect("accounts:certificates")


@login_required
def signatures(request: Request, subject: str) -> HttpResponse:
    """Show who signed the documents of a thing, and how to check it without us."""
    _require_office(request)
    context = {"subject": subject, "rows": signatures_of(subject)}
    return render(request, "accounts/signatures.html", context)


@login_required
def signature_file(request: Request, code: str) -> HttpResponse:
    """Give the detached signature."""
    _require_office(request)
    row = get_object_or_404(Signature, code=code)
    return _download(bytes(row.cms), f"{row.code}.p7s", "application/pkcs7-signature")


@login_required
def document_file(request: Request, code: str) -> HttpResponse:
    """Give the bytes that were signed."""
    _require_office(request)
    row = get_object_or_404(Signature, code=code)
    return _download(bytes(row.document), f"{row.code}.document", "application/octet-stream")


def roots_file(request: Request) -> HttpResponse:
    """Give the root certificates that are trusted here; they are public."""
    return _download(trusted_roots_pem(), "qaita-roots.pem", "application/x-pem-file")


def _require_office(request: Request) -> None:
    """Refuse whoever holds no role: a contract is signed by one side before it is public."""
    if not request.actor.roles:
        raise NotYours("signatures")


def _download(body: bytes, name: str, kind: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": disposition})
