"""Public pictures: without metadata, under the code of the evidence, never changed."""

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe

from qaita.accounts.models import Signature
from qaita.kernel.ids import read_code
from qaita.works.models import Evidence
from qaita.works.queries import public_acts

A_YEAR_SECONDS = 31_536_000


@require_safe
def picture(request: HttpRequest, code: str) -> HttpResponse:
    """Send the public copy of a picture."""
    found = get_object_or_404(Evidence.objects.only("public_path"), code=read_code(code))
    with default_storage.open(found.public_path) as kept:
        answer = HttpResponse(kept.read(), content_type="image/jpeg")
    answer["Cache-Control"] = f"public, max-age={A_YEAR_SECONDS}, immutable"
    return answer


@require_safe
def document(request: HttpRequest, code: str) -> HttpResponse:
    """Send the bytes of an act that its signatures cover."""
    found = get_object_or_404(public_acts(), code=read_code(code))
    return HttpResponse(found.document.encode(), content_type="application/json")


@require_safe
def signature(request: HttpRequest, code: str) -> HttpResponse:
    """Send a detached signature under an act."""
    known = public_acts().values("code")
    found = get_object_or_404(Signature, code=read_code(code), subject_code__in=known)
    return HttpResponse(bytes(found.cms), content_type="application/pkcs7-signature")


urlpatterns: list[URLPattern | URLResolver] = [
    path("files/evidence/<str:code>.jpg", picture, name="evidence_picture"),
    path("files/acts/<str:code>.json", document, name="act_document"),
    path("files/signatures/<str:code>.p7s", signature, name="act_signature"),
]
