"""The rows of the append-only history."""

from django.db import models


class Entry(models.Model):
    """One entry. `index` is its place in the public log; empty until the log has taken it.

    The entry is written in the same transaction as the change it tells of, so it exists if and
    only if the change does; the log takes committed entries only.
    """

    index = models.PositiveBigIntegerField(unique=True, null=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=32)
    kind = models.CharField(max_length=64)  # "<thing>.<action>"
    code = models.CharField(max_length=32)  # the public code of the thing
    leaf = models.TextField()  # canonical JSON (RFC 8785): exactly the bytes that are hashed
    salt = models.BinaryField(max_length=16)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["code", "id"], name="entry_code"),
            models.Index(fields=["kind", "id"], name="entry_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
