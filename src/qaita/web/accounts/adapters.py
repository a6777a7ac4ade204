"""How sign-in behaves: accounts are made by administrators, never by visitors."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """No open registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: people are invited by their organisation."""
        return False
