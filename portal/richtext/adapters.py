"""Which of the editor's 1,257 static files the house serves: those it uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder

PACKAGE = "ckeditor"
EDITOR = "ckeditor/ckeditor"
USED = (
    "LICENSE.md",
    "ckeditor.js",
    "lang/th.js",
    "lang/en.js",
    "skins/moono-lisa/dialog.css",
    "skins/moono-lisa/editor.css",
    "skins/moono-lisa/editor_gecko.css",
    "skins/moono-lisa/*.png",
    "skins/moono-lisa/images/*",
    "plugins/icons*.png",
    "plugins/a11yhelp/dialogs/a11yhelp.js",
    "plugins/a11yhelp/dialogs/lang/th.js",
    "plugins/clipboard/dialogs/paste.js",
    "plugins/dialog/styles/dialog.css",
    "plugins/divarea/plugin.js",
    "plugins/link/dialogs/link.js",
    "plugins/link/images/*",
    "plugins/pastefromgdocs/filter/default.js",
    "plugins/pastefromlibreoffice/filter/default.js",
    "plugins/pastefromword/filter/default.js",
    "plugins/pastetools/filter/common.js",
    "plugins/table/dialogs/table.js",
    "plugins/tableselection/styles/tableselection.css",
    "plugins/tabletools/dialogs/tableCell.js",
)


def is_used(path: str) -> bool:
    """Answer whether this file of the editor's package is served."""
    return any(fnmatch(path, f"{EDITOR}/{pattern}") for pattern in USED)


class AppStatics(AppDirectoriesFinder):
    """The static files of the apps; of the editor's package only those that are used."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        editor = self.storages.get(PACKAGE)
        for path, storage in super().list(ignore_patterns):
            if storage is not editor or is_used(path):
                yield path, storage

    def find_in_app(self, app: str, path: str) -> Any:
        if app == PACKAGE and not is_used(path):
            return None
        return super().find_in_app(app, path)
