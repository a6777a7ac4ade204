"""Public codes: Crockford base 32 with a check character. They never show row numbers."""

import hashlib
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY_LENGTH = 11  # 55 bits: among ten million codes a clash is one chance in seven hundred
BITS = 5 * BODY_LENGTH
_CONFUSED = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


def check_character(body: str) -> str:
    """Return the Crockford check character (value modulo 37) of a body."""
    value = 0
    for letter in body:
        value = value * 32 + ALPHABET.index(letter)
    # The symbols beyond base 32 do not travel well in addresses; fold them into letters.
    return (ALPHABET + "ABCDE")[value % 37]


def _encode(number: int) -> str:
    letters = []
    for _ in range(BODY_LENGTH):
        number, rest = divmod(number, 32)
        letters.append(ALPHABET[rest])
    return "".join(reversed(letters))


def new_code(prefix: str) -> str:
    """Return a fresh random code such as `TN-7K3M9QX2AF4W`: random letters and a check letter."""
    body = _encode(secrets.randbits(BITS))
    return f"{prefix}-{body}{check_character(body)}"


def derived_code(prefix: str, *parts: object) -> str:
    """Return the code that always belongs to these parts: for imports and demonstrations."""
    text = "\x1f".join(str(part) for part in parts)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    body = _encode(int.from_bytes(digest, "big") >> (64 - BITS))
    return f"{prefix}-{body}{check_character(body)}"


def read_code(text: str) -> str | None:
    """Return the code in its written form, or None when a letter was mistyped."""
    prefix, dash, rest = text.strip().upper().partition("-")
    rest = rest.translate(_CONFUSED)
    if not dash or len(rest) != BODY_LENGTH + 1 or any(c not in ALPHABET for c in rest):
        return None
    body, check = rest[:-1], rest[-1]
    return f"{prefix}-{body}{check}" if check_character(body) == check else None
