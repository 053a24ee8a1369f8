"""`python -m bench numbering --scale full`: run one benchmark, end with one line of JSON."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from bench.harness import Bench, measure

MACHINERY = {"__init__", "__main__", "harness", "part"}


def known() -> list[str]:
    """Return the names of all benchmarks."""
    modules = (path.stem for path in Path(__file__).parent.glob("*.py"))
    return sorted(name for name in modules if name not in MACHINERY)


def main(arguments: list[str]) -> int:
    """Run the named benchmark; return 0 when it passed, 1 when not, 2 when there is none."""
    parser = argparse.ArgumentParser(prog="make bench NAME=…")
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--scale", choices=["full", "small"], default="full")
    given = parser.parse_args(arguments)
    if given.name not in known():
        sys.stderr.write(f"There is no benchmark “{given.name}”. Known: {', '.join(known())}\n")
        return 2
    module = import_module(f"bench.{given.name}")
    result = measure(Bench(given.name, scale=given.scale), module.run)
    sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    return 0 if result["pass"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
