"""Static files under names that tell their content, also where one module imports another."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # comes without types
    """Write the hashed name into `import … from "./keeping.js"`, in our own scripts alone.

    Else the browser asks again for the imported module at each visit: a whole round trip. Addresses
    are worked out once: a page names fifty files, always the same ones.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns: tuple[str, Any] = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
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
