"""Addresses of the desk pages of the programme."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.programme import country_packages, projects

app_name = "programme"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", projects.home, name="home"),
    path("new/<str:run>/", projects.new, name="new"),
    path("country/<str:code>/new/", country_packages.new, name="new_from_country"),
    path("projects/<str:code>/", projects.project, name="project"),
    path("projects/<str:code>/decide/", projects.decide, name="decide"),
    path("projects/<str:code>/estimate/", projects.revise, name="revise"),
    path("projects/<str:code>/extend/", projects.extend, name="extend"),
]
