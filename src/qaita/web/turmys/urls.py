"""Addresses of the desk pages of turmys."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.turmys import districts, pages, readings, records, steps

app_name = "turmys"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.board, name="home"),
    path("announce/", pages.announce, name="announce"),
    path("readings/", readings.readings, name="readings"),
    path("readings/take/", steps.take, name="take"),
    path("readings/balance/", steps.balance, name="balance"),
    path("readings/<str:code>/", readings.batch, name="batch"),
    path("districts/", districts.districts, name="districts"),
    path("districts/new/", districts.new_district, name="new_district"),
    path("districts/<str:code>/", districts.district, name="district"),
    path("districts/<str:code>/meters/", districts.meters, name="meters"),
    path("balances/", readings.balance_list, name="balances"),
    path("incidents/", records.incident_list, name="incidents"),
    path("outages/", records.outage_list, name="outages"),
    path("incidents/<str:code>/", pages.incident, name="incident"),
    path("incidents/<str:code>/confirm/", steps.confirm, name="confirm"),
    *(
        path(
            f"incidents/<str:code>/{step}/", steps.incident_step, {"step": step}, f"incident_{step}"
        )
        for step in steps.INCIDENT_STEPS
    ),
    path("outages/<str:code>/", pages.outage, name="outage"),
    path("outages/<str:code>/update/", steps.update, name="update"),
    *(
        path(f"outages/<str:code>/{step}/", steps.outage_step, {"step": step}, f"outage_{step}")
        for step in steps.OUTAGE_STEPS
    ),
]
