"""The verbs of procurement, those of sealing included: doors of bidders and members use them."""

from qaita.procurement.offers import Offered, offer_of
from qaita.procurement.sealing import Address, make_key, open_share, seal_offer
from qaita.procurement.services.awards import (
    award_lot,
    decline_award,
    file_complaint,
    resolve_complaint,
    withdraw_complaint,
)
from qaita.procurement.services.bids import submit_bid, withdraw_bid
from qaita.procurement.services.changes import (
    agree_amendment,
    decline_amendment,
    propose_amendment,
)
from qaita.procurement.services.contracts import (
    complete_contract,
    contract_document,
    draft_contract,
    sign_contract,
    start_contract,
    terminate_contract,
)
from qaita.procurement.services.opening import (
    admit_bidder,
    contribute_share,
    finish_admission,
    open_bids,
    reject_bidder,
)
from qaita.procurement.services.suppliers import debar_supplier, declare_affiliation
from qaita.procurement.services.tenders import (
    LotPlan,
    TenderPlan,
    announce_tender,
    answer_question,
    ask_question,
    cancel_tender,
    close_due,
    draft_tender,
    end_without_result,
    give_member_key,
    revise_tender,
    withdraw_question,
)

__all__ = [
    "Address",
    "LotPlan",
    "Offered",
    "TenderPlan",
    "admit_bidder",
    "agree_amendment",
    "announce_tender",
    "answer_question",
    "ask_question",
    "award_lot",
    "cancel_tender",
    "close_due",
    "complete_contract",
    "contract_document",
    "contribute_share",
    "debar_supplier",
    "declare_affiliation",
    "decline_amendment",
    "decline_award",
    "draft_contract",
    "draft_tender",
    "end_without_result",
    "file_complaint",
    "finish_admission",
    "give_member_key",
    "make_key",
    "offer_of",
    "open_bids",
    "open_share",
    "propose_amendment",
    "reject_bidder",
    "resolve_complaint",
    "revise_tender",
    "seal_offer",
    "sign_contract",
    "start_contract",
    "submit_bid",
    "terminate_contract",
    "withdraw_bid",
    "withdraw_complaint",
    "withdraw_question",
]
