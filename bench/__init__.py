"""Benchmarks: what the portal promises under load, measured with its control.

    make bench NAME=numbering               # the whole measurement, at most nine minutes
    make bench NAME=numbering SCALE=small   # the same code in seconds; the suite runs it so

A benchmark is a module of this package with a function `run(bench: Bench) -> None`; see
`bench.harness`. It ends with one line of JSON:

    {"bench": …, "pass": true|false, "figures": {…}, "demands": {…}, "control": {…}}
"""
