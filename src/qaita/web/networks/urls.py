"""Addresses of the desk pages of networks."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.networks import criticality, files, imports, progress, records, sections

app_name = "networks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", imports.home, name="home"),
    path("new/", imports.upload, name="upload"),
    path("jobs/<str:code>/", progress.job, name="job"),
    path("jobs/<str:code>/cancel/", progress.cancel, name="cancel_job"),
    path("imports/<str:code>/", imports.one, name="import"),
    path("imports/<str:code>/read/", imports.reread, name="reread"),
    path("imports/<str:code>/load/", imports.load, name="load"),
    path("imports/<str:code>/drop/", imports.drop, name="drop"),
    path("imports/<str:code>/faults.csv", files.faults, name="faults"),
    path("templates/<str:language>.xlsx", files.workbook, name="workbook"),
    path("templates/<str:language>.csv", files.sheet, name="sheet"),
    path("criticality/<str:code>/", criticality.criticality, name="criticality"),
    path("criticality/<str:code>/compute/", criticality.compute, name="compute"),
    path("sections/", sections.sections, name="sections"),
    path("sections/merge/", sections.merge, name="merge"),
    path("sections/<str:code>/", sections.section, name="section"),
    path("sections/<str:code>/failures/", records.failures, name="failures"),
    path("sections/<str:code>/inspections/", records.inspections, name="inspections"),
    path("sections/<str:code>/failure/", sections.failure, name="failure"),
    path("sections/<str:code>/inspection/", sections.inspection, name="inspection"),
    path("sections/<str:code>/equipment/", sections.equipment, name="equipment"),
    path("sections/<str:code>/split/", sections.split, name="split"),
    path("sections/<str:code>/retire/", sections.retire, name="retire"),
]
