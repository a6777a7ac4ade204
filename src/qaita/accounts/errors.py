"""Refusals about people, organisations and signatures."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason

NOT_KEEPER = Reason(
    "not_keeper",
    _("Only the programme office or a system administrator does this; ask one of them."),
)
LAST_KEEPER = Reason(
    "last_keeper",
    _("This is the last administrator. Give the role to somebody else first."),
)
NO_DEMONSTRATION_KEY = Reason(
    "no_signing_key",
    _("There is no signing key here for you. Sign outside and upload the signature (CMS)."),
)
NOT_DEMONSTRATION = Reason(
    "not_demonstration",
    _("Keys are held here for demonstration organisations only. Upload your own certificate."),
)
NOT_YOUR_CERTIFICATE = Reason(
    "not_your_certificate",
    _("The signature was made with a certificate that is not registered for you."),
)
ROLE_NOT_HELD = Reason("role_not_held", _("You do not hold the role in which this is signed."))
CHECK_UNREACHABLE = Reason(
    "signature_check_unreachable",
    _("The service that knows revoked certificates does not answer. Try again in a few minutes."),
)

BAD_BIN = _("This is not a BIN: 12 digits whose last one checks the others.")
BIN_TAKEN = _("An organisation with this BIN is registered already.")
NAME_NEEDED = _("Write the name in Kazakh, Russian and English.")
UNKNOWN_KIND = _("Choose the kind of organisation from the list.")
SIGN_IN_TAKEN = _("This sign-in name is taken.")
SIGN_IN_NEEDED = _("Write a sign-in name: 3 to 60 letters, digits, dots or hyphens.")
UNKNOWN_ROLE = _("Choose the role from the list.")
NATIONAL_ROLE = _("This role is held for the whole country: leave the region open.")
WRONG_KIND = _("This role is not held in this kind of organisation.")
UNKNOWN_LANGUAGE = _("Choose Kazakh, Russian or English.")
KEY_NAME_NEEDED = _("Name the key, so that you know later what it is for.")
UNKNOWN_SCOPE = _("Choose at least one permission from the list.")
NOT_CMS = _("This file is not a detached CMS signature in DER.")
BAD_SIGNATURE = _("The signature does not fit the document, or its certificate is not trusted.")
BAD_CERTIFICATE = _("This file is not an X.509 certificate in PEM of an authority we trust.")
AUTHORITY_KEY_LOST = Reason(
    "authority_key_lost",
    _("The key of the certificate authority is missing here: bring it back from a backup."),
)
