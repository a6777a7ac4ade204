"""Addresses of the desk pages of works."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.works import acts, bills, diary, reports, sites

app_name = "works"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", sites.sites, name="sites"),
    path("open/<str:contract>/", sites.open_new, name="open"),
    path("open/<str:contract>/bill.csv", bills.bill_template, name="bill_template"),
    path("sites/<str:code>/", sites.site, name="site"),
    path("sites/<str:code>/start/", sites.start, name="start"),
    path("sites/<str:code>/report/", reports.report, name="report"),
    path("sites/<str:code>/reports/", diary.diary, name="diary"),
    path("sites/<str:code>/evidence/", reports.evidence, name="evidence"),
    path("sites/<str:code>/line/", reports.line, name="line"),
    path("sites/<str:code>/measure/", reports.measure, name="measure"),
    path("sites/<str:code>/permit/", reports.permit, name="permit"),
    path("sites/<str:code>/milestone/", reports.plan, name="plan"),
    path("sites/<str:code>/act/", acts.draft, name="draft"),
    path("lines/<str:code>/check/", reports.check, name="check"),
    path("lines/<str:code>/material/", reports.material, name="material"),
    path("lines/<str:code>/withdraw/", reports.withdraw, name="withdraw"),
    path("permits/<str:code>/close/", reports.permit_close, name="permit_close"),
    path("milestones/<str:code>/", reports.milestone, name="milestone"),
    path("acts/<str:code>/", acts.act, name="act"),
    path("acts/<str:code>/send/", acts.send, name="send"),
    path("acts/<str:code>/sign/", acts.sign, name="sign"),
    path("acts/<str:code>/refuse/", acts.refuse, name="refuse"),
]
