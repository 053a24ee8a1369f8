"""Static files under names that tell their content, also where one module imports another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # comes without types
    """Write the hashed name into `import … from "./keeping.js"`, in our own scripts alone.

    Else the browser asks again for the imported module at each visit: a whole round trip. Addresses
    are worked out once: a page names fifty files, always the same ones. Files are compressed under
    the name they are asked by: the hashed one, and in `asked_plainly` (beginnings of names) the
    plain one as well.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns: tuple[str, Any] = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )

    def __init__(self, *args: Any, asked_plainly: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self._asked_plainly = asked_plainly
        self._addresses: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Return the address of the file; one that is missing raises each time."""
        if name not in self._addresses:
            self._addresses[name] = super().url(name, force=force)
        return self._addresses[name]

    def post_process(self, *args: Any, **options: Any) -> Any:
        """Files are gathered anew: their addresses are new."""
        self._addresses.clear()
        return super().post_process(*args, **options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress what is asked for of these files, and leave the rest as it is."""
        hashed = set(self.hashed_files.values())
        asked = [path for path in paths if path in hashed or path.startswith(self._asked_plainly)]
        found: Iterator[tuple[str, str]] = super().compress_files(asked)
        return found
