"""Large files are joined of pieces, one for each network.

A piece depends on its own network alone: after an event one piece is made, the others are copied.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from qaita.networks.models import Network
from qaita.networks.queries import networks_told_since

# entries about these change a section's row; each names its network, a part or an import of it
KINDS = ("section.", "network.", "import.")


@dataclass(frozen=True)
class Pieces:
    """How a file is joined: what comes first, between pieces that are not empty, and last."""

    make: Callable[[int], bytes]  # a network's row key → its piece
    head: bytes = b""
    joint: bytes = b""
    tail: bytes = b""

    def keys(self) -> Mapping[str, int]:
        """Return the code of each network with its row key, in the order of the file."""
        return dict(Network.objects.order_by("code").values_list("code", "pk"))

    def touched(self, height: int) -> set[int] | None:
        """Return the networks that were told of from this height on; None: all of them."""
        return networks_told_since(height)

    def whole(self) -> Iterator[bytes]:
        """Return the file from its beginning to its end, nothing copied."""
        yield self.head
        joint = b""
        for key in self.keys().values():
            if piece := self.make(key):
                yield joint + piece
                joint = self.joint
        yield self.tail
