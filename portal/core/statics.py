"""The addresses of static files, worked out once for each release."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class RememberedStatics(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Static files with the fingerprint in their name; a page names fifty, always the same ones."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Return the address of the file; a missing one raises each time."""
        if name not in self._addresses:
            self._addresses[name] = super().url(name, force=force)
        return self._addresses[name]

    def post_process(self, *args: object, **kwargs: object) -> object:
        """New files are gathered: their addresses are new."""
        self._addresses.clear()
        return super().post_process(*args, **kwargs)
