"""`./qaita bid key|seal|open-share`: sealing on one's own machine, without the site."""

import base64
import json
import os
from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qaita.kernel.errors import QaitaError
from qaita.kernel.money import tenge
from qaita.procurement.services import (
    Address,
    Offered,
    make_key,
    offer_of,
    open_share,
    seal_offer,
)


class Command(BaseCommand):
    """Make a committee key, seal a bid, open one's shares: nothing secret leaves this machine."""

    help = "Seal a bid, make a committee key, or open one's shares, on your own machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the three doings."""
        doings = parser.add_subparsers(dest="doing", required=True)
        key = doings.add_parser("key", help="make the key pair of a committee member")
        key.add_argument("person", help="your code, PN-…")
        seal = doings.add_parser("seal", help="seal a price to the committee's keys")
        seal.add_argument("address", type=Path, help="the address file from the bid's page")
        seal.add_argument("--price", required=True, help="price of the whole lot in tenge")
        seal.add_argument(
            "--product",
            action="append",
            default=[],
            metavar="PD-…:QUANTITY",
            help="a product of the catalogue the bid offers; may be given several times",
        )
        seal.add_argument(
            "--other",
            action="append",
            default=[],
            metavar="NAME|COUNTRY|UNIT:QUANTITY",
            help="a product from outside the catalogue, its country in two letters",
        )
        share = doings.add_parser("open-share", help="open your shares of the bids' keys")
        share.add_argument("envelopes", type=Path, help="the envelopes file from the tender's page")
        share.add_argument("--key", type=Path, required=True, help="your key file")
        for doing in (key, seal, share):
            doing.add_argument("--out", type=Path, required=True, help="file to write")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Do one of the three."""
        doings = {"key": self._key, "seal": self._seal, "open-share": self._open_share}
        try:
            doings[options["doing"]](options)
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {error.filename}.") from None
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise CommandError(f"The file is not what this command reads: {error}") from None
        except QaitaError as error:
            raise CommandError(str(error)) from None

    def _key(self, options: dict[str, Any]) -> None:
        private, public = make_key()
        plain = {
            "person": options["person"],
            "private": _b64(private),
            "public": _b64(public),
            "v": 1,
        }
        _write_secret(options["out"], json.dumps(plain, indent=2))
        self.stdout.write(f"Key file: {options['out']} (keep it; nobody can restore it)")
        self.stdout.write(f"Public key, for the page “My key”: {plain['public']}")

    def _seal(self, options: dict[str, Any]) -> None:
        address = Address.of(json.loads(options["address"].read_bytes()))
        products = [
            *(_product(text) for text in options["product"]),
            *(_other(text) for text in options["other"]),
        ]
        envelope = seal_offer(offer_of(_price(options["price"]), products), address)
        options["out"].write_bytes(envelope)
        self.stdout.write(
            f"Sealed for lot {address.lot}: {options['out']}, {len(envelope)} bytes. "
            f"Any {address.threshold} of {len(address.members)} members open it together."
        )

    def _open_share(self, options: dict[str, Any]) -> None:
        key = json.loads(options["key"].read_bytes())
        whole = json.loads(options["envelopes"].read_bytes())
        private = _unb64(key["private"])
        shares = {
            bid["code"]: open_share(bid["envelope"].encode(), key["person"], private)
            for bid in whole["bids"]
        }
        _write_secret(options["out"], json.dumps(shares))
        self.stdout.write(f"Shares of {len(shares)} bids: {options['out']}. Send it on the page.")


def _product(text: str) -> Offered:
    code, _colon, quantity = text.rpartition(":")
    return Offered(_quantity(quantity, text), product=code.strip().upper())


def _other(text: str) -> Offered:
    told, _colon, quantity = text.rpartition(":")
    name, origin, unit = ([*(part.strip() for part in told.split("|")), "", ""])[:3]
    return Offered(_quantity(quantity, text), name=name, origin=origin.upper(), unit=unit)


def _quantity(text: str, whole: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        raise CommandError(f"Write how much after a colon: {whole}:1200") from None


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        raise CommandError("Write the price in tenge as a number, such as 98765432.10.") from None
    if not price.is_finite() or price <= 0 or price != tenge(price):
        raise CommandError("The price lies above zero and has two digits after the point at most.")
    return price


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _write_secret(path: Path, text: str) -> None:
    """Write a file only its owner can read; an existing one is not overwritten."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(f"{path} exists already; choose another name.") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
