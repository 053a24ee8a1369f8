"""Static files under names that tell their content, also where one module imports another."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # comes without types
    """Write the hashed name into `import … from "./keeping.js"`, in our own scripts alone.

    Else the browser asks again for the imported module at each visit: a whole round trip.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns: tuple[str, Any] = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
