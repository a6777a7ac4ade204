"""The tables of procurement."""

from qaita.procurement.models.bids import Bid, OfferedProduct, Share
from qaita.procurement.models.contracts import Amendment, Contract
from qaita.procurement.models.results import Award, Complaint
from qaita.procurement.models.suppliers import Affiliation, Debarment
from qaita.procurement.models.tenders import CommitteeMember, Lot, MemberKey, Question, Tender

__all__ = [
    "Affiliation",
    "Amendment",
    "Award",
    "Bid",
    "CommitteeMember",
    "Complaint",
    "Contract",
    "Debarment",
    "Lot",
    "MemberKey",
    "OfferedProduct",
    "Question",
    "Share",
    "Tender",
]
