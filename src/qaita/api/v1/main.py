"""Version 1 of the HTTP interface: one router per room."""

from ninja import NinjaAPI

from qaita.api.problems import teach_problems
from qaita.api.v1 import (
    appeals,
    country_plan,
    ledger,
    networks,
    procurement,
    producers,
    programme,
    turmys,
    wear,
    works,
)

api = NinjaAPI(
    title="Qaita",
    version="1",
    description="Renewal of infrastructure networks on one chain, in the open.",
    urls_namespace="v1",
    docs_url=None,
    openapi_url="/openapi.json",
)
teach_problems(api)
# One line per room; the address space is /api/v1/….
api.add_router("", ledger.router)
api.add_router("", country_plan.router)
api.add_router("", networks.router)
api.add_router("", procurement.router)
api.add_router("", producers.router)
api.add_router("", programme.router)
api.add_router("", wear.router)
api.add_router("", works.router)
api.add_router("", appeals.router)
api.add_router("", turmys.router)
