"""Long work as people see it: how far it is, what came of it."""

from django.db import models

from qaita.kernel.ids import new_code

OVER = ("done", "failed", "cancelled")


def job_code() -> str:
    """Return a fresh public code for a job."""
    return new_code("JB")


class Job(models.Model):
    """One piece of long work. Its outcome is not a life of the chain, so it is not ledgered."""

    code = models.CharField(max_length=16, unique=True, default=job_code)
    kind = models.CharField(max_length=48)
    subject = models.CharField(max_length=32, blank=True)  # public code of what it works on
    actor = models.CharField(max_length=32)
    organisation = models.CharField(max_length=16, blank=True)
    queued_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # the last sign of its worker
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, default="waiting")
    progress_share = models.FloatField(default=0)
    message = models.CharField(max_length=250, blank=True)
    resume = models.JSONField(default=dict)  # where a second run goes on
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject", "-id"], name="job_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.outcome in OVER
