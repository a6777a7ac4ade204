"""The verbs of accounts: organisations, people and roles, API keys, signatures."""

from qaita.accounts.bins import make_demo_bin
from qaita.accounts.services.demonstration import (
    DEMO_PASSWORD,
    DemoPeople,
    DemoPerson,
    make_demo_people,
    recall_demo_people,
)
from qaita.accounts.services.doors import count_passage
from qaita.accounts.services.keys import make_api_key, revoke_api_key
from qaita.accounts.services.organisations import (
    NewOrganisation,
    register_organisation,
    register_organisations,
)
from qaita.accounts.services.people import (
    NewPerson,
    NewRole,
    choose_language,
    grant_role,
    grant_roles,
    invite_people,
    invite_person,
    revoke_role,
)
from qaita.accounts.services.signatures import (
    issue_demonstration_certificate,
    register_certificate,
    revoke_certificate,
    sign_document,
)

__all__ = [
    "DEMO_PASSWORD",
    "DemoPeople",
    "DemoPerson",
    "NewOrganisation",
    "NewPerson",
    "NewRole",
    "choose_language",
    "count_passage",
    "grant_role",
    "grant_roles",
    "invite_people",
    "invite_person",
    "issue_demonstration_certificate",
    "make_api_key",
    "make_demo_bin",
    "make_demo_people",
    "recall_demo_people",
    "register_certificate",
    "register_organisation",
    "register_organisations",
    "revoke_api_key",
    "revoke_certificate",
    "revoke_role",
    "sign_document",
]
