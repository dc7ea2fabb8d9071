#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds `copyhold audit --reuse-compat` against `reuse lint` on trees: the same verdict, the same files,
the same problems, the same expressions with their sources.

    benches/reuse.py COPYHOLD REUSE TREE…

A file instead of a tree holds small projects: fixtures/reuse/cases.txt.

Prints one line a tree, what differs, and both times. Ends with 1 where anything differs."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

LISTS = (
    "bad_licenses deprecated_licenses licenses_without_extension missing_licenses unused_licenses"
    " read_errors missing_copyright_info missing_licensing_info"
).split()


def run(command, tree):
    start = time.monotonic()
    done = subprocess.run(command, cwd=tree, capture_output=True, check=False)
    took = time.monotonic() - start
    try:
        document = json.loads(done.stdout)
    except ValueError:
        document = None
    return done.returncode, document, took


def facts(document):
    """What must be the same, as name to set."""
    files = {file["path"]: file for file in document["files"]}
    stated = Counter(
        (path, e["value"], e["is_valid"], e["source"], e["source_type"])
        for path, file in files.items()
        for e in file["spdx_expressions"]
    )
    noticed = {
        (path, c["source"], c["source_type"]) for path, file in files.items() for c in file["copyrights"]
    }
    result = {name: set(document["non_compliant"][name]) for name in LISTS}
    result |= {"files": set(files), "expressions": set(stated), "notices": noticed}
    result["summary"] = {json.dumps(document["summary"], sort_keys=True)}
    return result


def projects(file, folder):
    """Makes the small projects of a file; each is a tree."""
    for case in Path(file).read_text().split("\n=== ")[1:]:
        head, *files = case.rstrip("\n").split("\n--- ")
        tree = Path(folder) / head.splitlines()[0]
        tree.mkdir()
        for text in files:
            path, _, text = text.partition("\n")
            path, _, target = path.partition(" -> ")
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            if target:
                (tree / path).symlink_to(target)
            else:
                (tree / path).write_text(text)
        yield str(tree)


def main():
    ours, theirs, *trees = map(os.path.abspath, sys.argv[1:])
    wrong = 0
    folder = tempfile.TemporaryDirectory()
    trees = [
        tree for given in trees for tree in (projects(given, folder.name) if os.path.isfile(given) else [given])
    ]
    for tree in trees:
        code, mine, quick = run([ours, "audit", ".", "--reuse-compat", "--format", "json"], tree)
        expected, other, slow = run([theirs, "--root", ".", "--suppress-deprecation", "lint", "--json"], tree)
        differs = [] if code == expected else [f"exit {code}, expected {expected}"]
        # Two texts of one license: reuse ends without a document.
        if (mine is None) != (other is None) and not (code == expected == 1):
            differs.append("one of the two gives no document")
        elif mine and other:
            mine, other = facts(mine), facts(other)
            for name in mine:
                for sign, these in (("+", mine[name] - other[name]), ("-", other[name] - mine[name])):
                    differs += [f"{name} {sign} {item}" for item in sorted(map(str, these))]
        count = len(mine["files"]) if mine else 0
        wrong += bool(differs)
        verdict = "DIFFERS" if differs else "same"
        print(f"{verdict:8}{tree}: {count} files, exit {expected}, {quick:.2f} s and {slow:.2f} s ({slow / quick:.0f}x)")
        for line in differs[:20]:
            print(f"    {line}")
        if len(differs) > 20:
            print(f"    and {len(differs) - 20} more")
    sys.exit(1 if wrong else 0)


main()
