"""One part of a benchmark in its own process: `python -m bench.part module:function {…} answer`."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

import django


def main(function: str, arguments: str, answer: str) -> None:
    """Set Django up, run the function with its arguments and write what it returns as JSON."""
    django.setup()
    module, name = function.split(":")
    found = getattr(import_module(module), name)(**json.loads(arguments))
    Path(answer).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
