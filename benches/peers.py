#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what copyhold finds in files beside what other scanners find, on a sample of a tree.

usage: benches/peers.py COPYHOLD TREE [FILES] [--all]

Takes FILES files of TREE (200 where not given) that speak of licenses, always the same ones; runs every tool that is installed on
them (copyhold, licensecheck, askalono, spdx-detect beside this, scancode) and prints for each how many files it says something of,
how often its SPDX ids are those of the reference, what it lacks and has beside, its time and its memory.
What most of the tools say of a file is what they are compared with. That is no truth: with --all each file
on which copyhold and another differ is printed with what each said, for a person to look at.
"""

import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

SPEAKS = re.compile(rb"(?i)licen[cs]|permission|redistribut|public domain|SPDX-")
OPERATORS = {"AND", "OR", "WITH", "NOASSERTION", "NONE"}


def ids(expression):
    """The ids of an expression, without `-only`: not every tool knows the difference."""
    words = re.findall(r"[A-Za-z0-9.+-]+", expression or "")
    found = {word for word in words if word not in OPERATORS and not word.startswith("LicenseRef")}
    return {re.sub(r"-only$", "", word.removesuffix("+") + ("-or-later" if word.endswith("+") else "")) for word in found}


def from_debian(name):
    """Debian's short names of the GNU licenses: `GPL-2+`, `AGPLv3`."""
    found = re.fullmatch(r"(A?GPL|LGPL)v?-?(\d)(\.\d)?(\+)?", name)
    if not found:
        return name
    family, major, minor, later = found.groups()
    return f"{family}-{major}{minor or '.0'}" + ("-or-later" if later else "")


def run(command):
    start, before = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True, errors="replace")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, time.time() - start, cpu, int(done.stderr.split()[-1])


def copyhold(binary, folder):
    out, *cost = run([binary, "scan", "--format", "json", "-q", str(folder)])
    found = {}
    for work in json.loads(out)["works"]:
        own = [e for e in work["evidence"] if e["source"] == work["path"] and e["kind"] != "inherited" and e["score"] > 0]
        found[work["path"]] = set().union(*(ids(e["expression"]) for e in own))
    return found, cost


def licensecheck(binary, folder):
    out, *cost = run([binary, "--machine", "--recursive", "--lines", "0", "--check", ".", "--ignore", "^$", "--shortname-scheme", "spdx", str(folder)])
    found = {}
    for line in out.splitlines():
        path, _, said = line.partition("\t")
        said = re.sub(r"\[.*?\]|UNKNOWN|\*No copyright\*|\band/or\b|\s(?:and|or)\s", " ", said)
        found[os.path.relpath(path, folder)] = ids(" ".join(map(from_debian, said.split())))
    return found, cost


def askalono(binary, folder):
    out, *cost = run([binary, "--format", "json", "crawl", "--glob", "*", str(folder)])
    found = {}
    for line in out.splitlines():
        said = json.loads(line)
        license = ((said.get("result") or {}).get("license") or {}).get("name")
        found[os.path.relpath(said["path"], folder)] = ids(license)
    return found, cost


def spdx(binary, folder):
    out, *cost = run([binary, str(folder)])
    return {path: ids(said) for path, _, said in (line.partition("\t") for line in out.splitlines())}, cost


def scancode(binary, folder):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        _, *cost = run([binary, "--license", "--strip-root", "-n", "2", "--quiet", "--json", out.name, str(folder)])
        files = json.load(open(out.name))["files"]
    return {f["path"]: ids(f.get("detected_license_expression_spdx")) for f in files if f["type"] == "file"}, cost


def sample(tree, count, folder):
    files = [f for f in tree.rglob("*") if f.is_file() and not f.is_symlink() and ".git" not in f.relative_to(tree).parts]
    files = [f for f in files if SPEAKS.search(f.read_bytes())]
    files.sort(key=lambda f: hashlib.sha256(str(f.relative_to(tree)).encode()).hexdigest())
    for file in files[:count]:
        to = folder / file.relative_to(tree)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, to)
    return sorted(str(f.relative_to(tree)) for f in files[:count])


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    binary, tree, count = words[0], Path(words[1]), int(words[2]) if len(words) > 2 else 200
    tools = [("copyhold", copyhold, binary)]
    for name, tool in [("licensecheck", licensecheck), ("askalono", askalono), ("spdx-detect", spdx), ("scancode", scancode)]:
        if path := shutil.which(name):
            tools.append((name, tool, path))
    with tempfile.TemporaryDirectory() as folder:
        paths = sample(tree, count, Path(folder))
        found, costs = {}, {}
        for name, tool, path in tools:
            found[name], costs[name] = tool(path, Path(folder))
    said = {path: {name: frozenset(found[name].get(path, ())) for name in found} for path in paths}
    agreed = {}
    for path, by in said.items():
        (answer, times), *_ = Counter(by.values()).most_common()
        agreed[path] = answer if times * 2 > len(by) else None
    print(f"{tree}: {len(paths)} files, {sum(1 for a in agreed.values() if a)} with a license most tools agree on")
    print("| tool | files with an id | as the others | lacks | has more or other | s | CPU s | MB |\n|---|---|---|---|---|---|---|---|")
    for name in found:
        known = [(by[name], agreed[path]) for path, by in said.items() if agreed[path] is not None]
        same, lacks = sum(a == b for a, b in known), sum(bool(b - a) for a, b in known)
        wall, cpu, memory = costs[name]
        row = [name, sum(1 for by in said.values() if by[name]), same, lacks, sum(bool(a - b) for a, b in known)]
        print("| " + " | ".join(map(str, row + [f"{wall:.2f}", f"{cpu:.2f}", memory // 1024])) + " |")
    if "--all" in sys.argv:
        for path, by in sorted(said.items()):
            if any(of != by["copyhold"] for name, of in by.items() if name not in ("askalono", "spdx-detect")):
                print(path, {name: sorted(i) for name, i in by.items()})


if __name__ == "__main__":
    main()
