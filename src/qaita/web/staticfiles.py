"""Hashed static files that do not fail a page when a file is absent (tests without a build)."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ForgivingManifestStorage(CompressedManifestStaticFilesStorage):
    """Manifest storage that falls back to the plain name."""

    manifest_strict = False
