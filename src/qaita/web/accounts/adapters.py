"""How sign-in behaves: accounts are made by administrators, never by visitors."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import user_email
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override

from qaita.gateways import mail
from qaita.gateways.errors import Undelivered

# it comes in the language of the sign-in page, which may not be the person's
GREETING = "account/messages/logged_in.txt"


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """No open registration; letters leave through our gateway."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: people are invited by their organisation."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Open the desk in the language the person has chosen."""
        with override(request.user.language):  # type: ignore[union-attr]  # nobody else signs in
            return reverse("desk:home")

    def add_message(self, request: HttpRequest, level: int, *words: Any, **more: Any) -> None:
        """Say what allauth says, but for the greeting: the page itself tells who is signed in."""
        template = more.get("message_template") or (words[0] if words else None)
        if template != GREETING:
            super().add_message(request, level, *words, **more)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter of allauth; one that is not taken must not stop the page."""
        letter = self.render_mail(template_prefix, email, context)
        try:
            mail.send(email, letter.subject, letter.body)
        except Undelivered:
            return


class OuterSignInAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # same
    """Signing in at an outer provider finds the invited person by the verified address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        """Refuse strangers: the provider says who, the programme says whether."""
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """Trust addresses the configured provider has verified."""
        verified = {one.email.lower() for one in login.email_addresses if one.verified}
        return email.lower() in verified and bool(user_email(login.user))
