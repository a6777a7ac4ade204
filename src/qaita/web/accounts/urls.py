"""Addresses of the desk pages of accounts."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.accounts import keys, organisations, people, signatures

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("certificates/", signatures.certificates, name="certificates"),
    path("certificates/<str:code>/end/", signatures.end_certificate, name="end_certificate"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<str:code>/revoke/", keys.revoke_key, name="revoke_key"),
    path("language/", people.language, name="language"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/new/", organisations.register, name="register"),
    path("people/", people.people, name="people"),
    path("people/new/", people.invite, name="invite"),
    path("people/<str:code>/", people.person, name="person"),
    path("people/<str:code>/grant/", people.grant, name="grant"),
    path("people/<str:code>/revoke/", people.revoke, name="revoke"),
    path("roots.pem", signatures.roots_file, name="roots_file"),
    path("signatures/<str:code>/cms/", signatures.signature_file, name="signature_file"),
    path("signatures/<str:code>/document/", signatures.document_file, name="document_file"),
    path("signatures/of/<str:subject>/", signatures.signatures, name="signatures"),
]
