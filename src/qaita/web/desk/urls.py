"""Addresses of the desk."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.desk import home, jobs

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("jobs/", jobs.jobs, name="jobs"),
]
