"""`python -m bench numbering --scale full`: run one benchmark, end with one line of JSON."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from bench.harness import Bench, measure

HERE = Path(__file__).resolve().parent
MACHINERY = {"__init__", "__main__", "harness", "part"}


def known(folder: Path = HERE) -> list[str]:
    """Return the names of all benchmarks."""
    return sorted(path.stem for path in folder.glob("*.py") if path.stem not in MACHINERY)


def main(arguments: list[str], *, folder: Path = HERE) -> int:
    """Run the named benchmark; return 0 when it passed, 1 when not, 2 when there is none."""
    parser = argparse.ArgumentParser(prog="make bench NAME=…")
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--scale", choices=["full", "small"], default="full")
    given = parser.parse_args(arguments)
    names = known(folder)
    if given.name not in names:
        sys.stderr.write(f"There is no benchmark “{given.name}”. Known: {', '.join(names)}\n")
        return 2
    package = ".".join(folder.relative_to(HERE.parent).parts)
    module = import_module(f"{package}.{given.name}")
    result = measure(Bench(given.name, scale=given.scale), module.run)
    sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    return 0 if result["pass"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
