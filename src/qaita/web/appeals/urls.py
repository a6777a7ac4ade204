"""Addresses of the desk pages of appeals."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.appeals import pages, steps

app_name = "appeals"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.appeals, name="home"),
    path("phone/", pages.phone, name="phone"),
    path("<str:code>/", pages.appeal, name="appeal"),
    path("<str:code>/accept/", steps.accept, name="accept"),
    path("<str:code>/answer/", steps.answer, name="answer"),
    path("<str:code>/forward/", steps.forward, name="forward"),
    path("<str:code>/extend/", steps.extend, name="extend"),
    path("<str:code>/unfixed/", steps.unfixed, name="unfixed"),
    path("<str:code>/word/", steps.word, name="word"),
]
