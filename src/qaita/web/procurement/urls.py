"""Addresses of the desk pages of procurement."""

from django.urls import URLPattern, URLResolver, path

from qaita.web.procurement import bids, committee, contracts, results, tenders

app_name = "procurement"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", tenders.tenders, name="tenders"),
    path("key/", committee.key, name="key"),
    path("key/demonstration.json", committee.demonstration_key, name="demonstration_key"),
    path("new/<str:project>/", tenders.new, name="new"),
    path("tenders/<str:code>/", tenders.tender, name="tender"),
    path("tenders/<str:code>/announce/", tenders.announce, name="announce"),
    path("tenders/<str:code>/cancel/", tenders.cancel, name="cancel"),
    path("tenders/<str:code>/fail/", tenders.fail, name="fail"),
    path("tenders/<str:code>/ask/", tenders.ask, name="ask"),
    path("tenders/<str:code>/admission/", committee.admission, name="admission"),
    path("tenders/<str:code>/shares/", committee.shares, name="shares"),
    path("tenders/<str:code>/envelopes.json", committee.envelopes, name="envelopes"),
    path("tenders/<str:code>/open/", committee.open_prices, name="open"),
    path("questions/<str:code>/answer/", tenders.answer, name="answer"),
    path("questions/<str:code>/withdraw/", tenders.withdraw_question, name="withdraw_question"),
    path("lots/<str:code>/bid/", bids.bid, name="bid"),
    path("lots/<str:code>/address.json", bids.address, name="address"),
    path("lots/<str:code>/award/", results.award, name="award"),
    path("bids/<str:code>/", bids.receipt, name="receipt"),
    path("bids/<str:code>/withdraw/", bids.withdraw, name="withdraw_bid"),
    path("bids/<str:code>/judge/", committee.judge, name="judge"),
    path("awards/<str:code>/decline/", results.decline, name="decline"),
    path("awards/<str:code>/complain/", results.complain, name="complain"),
    path("awards/<str:code>/contract/", results.draft, name="draft"),
    path("complaints/<str:code>/", results.resolve, name="resolve"),
    path("complaints/<str:code>/withdraw/", results.withdraw_complaint, name="withdraw_complaint"),
    path("debar/<str:code>/<str:subject>/", results.debar, name="debar"),
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/<str:code>/", contracts.contract, name="contract"),
    path("contracts/<str:code>/document.json", contracts.document, name="document"),
    path("contracts/<str:code>/sign/", contracts.sign, name="sign"),
    path("contracts/<str:code>/start/", contracts.start, name="start"),
    path("contracts/<str:code>/complete/", contracts.complete, name="complete"),
    path("contracts/<str:code>/terminate/", contracts.terminate, name="terminate"),
    path("contracts/<str:code>/amend/", contracts.amend, name="amend"),
    path("amendments/<str:code>/<str:verdict>/", contracts.decide_amendment, name="amendment"),
]
