#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure `copyhold verify` on forks as they happened, with the answer taken from git's history.

usage: natural.py COPYHOLD SCRATCH MODE,... NAME=GIT:OLD:NEW...

MODE is tree (the upstream's tree is at hand), full or compact (its manifest with such traces), or
history (the tree, and `--git`). GIT is a repository, OLD the commit it was forked at, NEW a later one.
The tree at OLD is the upstream, the one at NEW the derivative. A file derives from what it was at OLD,
through the renames of every commit on the first parents' way. A file added on the way is "added, like
none" if git finds no copy for it at 30 %, nor does it have four lines in a row that stand in at most
five files of OLD; of these that are found, not all are false: look at them. Each derivative is also
held against the OLD of every other fork, where nothing but such lines excuses a match.

Prints recall by what became of the file, and false matches, time and memory. What is missed and what
may be false is listed in SCRATCH/NAME-MODE.tsv.
"""
import json, os, re, subprocess, sys
from collections import Counter, defaultdict

LICENSE_NAME = re.compile(r"(?i)^(copying|licen[cs]e|notice|unlicense)\b")


def git(folder, *words):
    return subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True).stdout


def checked_out(repository, commit, folder):
    if not os.path.isdir(folder):
        git(".", "clone", "-q", "--shared", "--no-checkout", repository, folder)
        git(folder, "checkout", "-q", "--detach", commit)
    return folder


def fields(folder, *words):
    """The fields that -z divides, with the line ends taken off that git puts between commits."""
    return [f.lstrip("\n") for f in git(folder, *words).decode("utf-8", "surrogateescape").split("\0")]


def changes(found):
    """Yields (kind, before, after) of --name-status -z."""
    found = iter(found)
    for kind in found:
        if kind:
            before = next(found)
            yield kind[0], before, next(found) if kind[0] in "RC" else before


def followed(new, base):
    """Which file at `base` each file of the commit checked out was."""
    way = git(new, "rev-list", "--first-parent", "HEAD").decode().split()
    if base not in way:
        sys.exit(f"{base} is not on the first parents' way of {new}")
    was = {path: path for path in fields(new, "ls-tree", "-r", "--name-only", "-z", base) if path}
    log = fields(new, "log", "--reverse", "--first-parent", "-m", "-M50%", "-l0", "--diff-filter=RDA",
                 "--name-status", "-z", "--format=%x01", f"{base}..HEAD")
    commit = []
    for field in [*log, "\1"]:
        if field.startswith("\1"):
            renames = [c for c in commit if c[0] == "R"]
            after = dict(was)
            for kind, path, _ in commit:
                after.pop(path, None)
            after.update((now, was[before]) for _, before, now in renames if before in was)
            was, commit, rest = after, [], []
        elif field:
            rest.append(field)
            if len(rest) == (3 if rest[0][0] == "R" else 2):
                commit.append((rest[0][0], rest[1], rest[-1]))
                rest = []
    here = set(fields(new, "ls-tree", "-r", "--name-only", "-z", "HEAD"))
    return {now: before for now, before in was.items() if now in here}


def texts(folder):
    """Every text file of a tree of 64 bytes or more: its bytes, and its lines without blanks."""
    found = {}
    for path in fields(folder, "ls-files", "-z"):
        full = os.path.join(folder, path)
        if path and os.path.isfile(full) and not os.path.islink(full):
            content = open(full, "rb").read()
            if len(content) >= 64 and b"\0" not in content and not LICENSE_NAME.match(os.path.basename(path)):
                lines = (re.sub(rb"\s", b"", line).lower() for line in content.split(b"\n"))
                found[path] = (content, [line for line in lines if len(line) > 3])
    return found


def runs(lines):
    return {hash(tuple(lines[i:i + 4])) for i in range(len(lines) - 3) if len(b"".join(lines[i:i + 4])) >= 40}


class Fork:
    def __init__(self, scratch, text):
        self.name, rest = text.split("=", 1)
        repository, old, new = rest.rsplit(":", 2)
        self.scratch, self.bundles = scratch, {}
        self.old = checked_out(repository, old, os.path.join(scratch, self.name, "old"))
        self.new = checked_out(repository, new, os.path.join(scratch, self.name, "new"))
        base = git(self.new, "rev-parse", f"{old}^{{commit}}").decode().strip()
        self.was = followed(self.new, base)
        self.before, self.after = texts(self.old), texts(self.new)
        self.rare = Counter(run for _, lines in self.before.values() for run in runs(lines))
        self.rare = {run for run, works in self.rare.items() if works <= 5}
        copies = fields(self.new, "diff", "--name-status", "-z", "-C30%", "--find-copies-harder", "-l0", base,
                        "HEAD")
        self.added = {path for kind, path, _ in changes(copies) if kind == "A"}

    def kind(self, path):
        """What became of a file of the derivative: None for one that is not judged."""
        content, lines = self.after[path]
        if path not in self.was:
            if path in self.added and not runs(lines) & self.rare:
                return "added, like none"
            return "added, like others"
        source = self.was[path]
        if source not in self.before:
            return None
        old, known = self.before[source]
        if old == content:
            return "identical" if source == path else "moved"
        kept = sum((Counter(known) & Counter(lines)).values()) / max(1, len(lines))
        share = "half kept" if kept >= 0.5 else "a tenth kept" if kept >= 0.1 else "less kept"
        return f"{'edited' if source == path else 'renamed'}, {share}"

    def manifest(self, copyhold, level):
        if level not in self.bundles:
            bundle = self.bundles[level] = os.path.join(self.scratch, f"{self.name}-{level}.copyhold")
            subprocess.run([copyhold, "manifest", "for", self.old, "--traces", level, "--output", bundle],
                           check=True, capture_output=True)
        return self.bundles[level]


# Linux counts the memory of whoever starts a process as that process's own: so a small one starts it.
MEASURED = """
import resource, subprocess, sys, time
start = time.time()
code = subprocess.run(sys.argv[2:], stdout=open(sys.argv[1], "wb")).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{time.time() - start:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of CPU, {used.ru_maxrss >> 10} MB")
sys.exit(code)
"""


def verify(copyhold, folder, upstream, out, *words):
    """What each file was found to come from, best first, what that cost, and the whole result."""
    command = [copyhold, "verify", folder, "--upstream", upstream, "--format", "json", *words]
    run = subprocess.run([sys.executable, "-c", MEASURED, out, *command], capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(f"verify {folder}: exit {run.returncode}: {run.stderr}")
    cost = run.stdout.strip()
    found = defaultdict(list)
    result = json.load(open(out))
    for one in result["derivations"]:
        if one["confidence"] != "possible":
            found[one["path"]].append(one)
    for ones in found.values():
        ones.sort(key=lambda one: -one["similarity"])
    return found, cost, result


def shown(kind, path, ones, source=""):
    best = ones[0] if ones else {"confidence": "", "similarity": "", "source": "", "ranges": []}
    lines = " ".join("{}-{}={}-{}".format(*r["lines"], *r["source_lines"]) for r in best["ranges"][:6])
    told = [best["confidence"], best["similarity"], best["source"], lines]
    return "\t".join(map(str, [kind, path, source, *told]))


def own(fork, copyhold, mode):
    upstream = fork.old if mode in ("tree", "history") else fork.manifest(copyhold, mode)
    out = os.path.join(fork.scratch, f"{fork.name}-{mode}")
    words = ["--git"] if mode == "history" else []
    found, cost, result = verify(copyhold, fork.new, upstream, out + ".json", *words)
    table = defaultdict(Counter)
    with open(out + ".tsv", "w") as listed:
        for path in sorted(fork.after):
            kind, ones = fork.kind(path), found.get(path, [])
            if kind is None:
                continue
            row, source = table[kind], fork.was.get(path, "")
            row["n"] += 1
            row["found"] += bool(ones)
            row["derived"] += any(one["confidence"] == "derived" for one in ones)
            is_right = any(one["source"] == source for one in ones)
            row["right"] += is_right
            if bool(ones) == (kind == "added, like none") or source and not is_right:
                print(shown(kind, path, ones, source), file=listed)
    print(f"{fork.name} {mode}: {cost}", flush=True)
    for kind, row in sorted(table.items()):
        n = row["n"]
        own_source = "" if "added" in kind else f"  its own source {row['right']:5}"
        print(f"  {kind:22} {n:5}  found {row['found']:5} = {row['found'] / n:6.2%}  derived {row['derived']:5}"
              + own_source)
    if mode == "history":
        judged = lambda pairs: {(p, s) for p, s in pairs if p in fork.after and s in fork.before}
        since = judged((d["path"], d["source"]) for d in result["derivations"] if d.get("history"))
        truth = judged(fork.was.items())
        print(f"  history: {len(since & truth)} works followed as here, {len(since ^ truth)} otherwise")


def across(fork, other, copyhold, mode):
    upstream = other.old if mode == "tree" else other.manifest(copyhold, mode)
    out = os.path.join(fork.scratch, f"{fork.name}-{other.name}-{mode}")
    found, cost, _ = verify(copyhold, fork.new, upstream, out + ".json")
    judged = {path: ones for path, ones in found.items() if path in fork.after}
    false = {path: ones for path, ones in judged.items() if not runs(fork.after[path][1]) & other.rare}
    derived = sum(any(one["confidence"] == "derived" for one in ones) for ones in false.values())
    with open(out + ".tsv", "w") as listed:
        for path, ones in sorted(found.items()):
            print(shown("false" if path in false else "shared", path, ones), file=listed)
    n = len(fork.after)
    print(f"{fork.name} against {other.name} {mode}: {n} files, {len(found)} found, {len(false)} = "
          f"{len(false) / n:.2%} without cause, {derived} of them derived; {cost}", flush=True)


def main():
    copyhold, scratch, modes = sys.argv[1:4]
    modes = modes.split(",")
    os.makedirs(scratch, exist_ok=True)
    forks = [Fork(os.path.abspath(scratch), text) for text in sys.argv[4:]]
    for fork in forks:
        for mode in modes:
            own(fork, copyhold, mode)
    for fork in forks:
        for other in forks:
            for mode in modes:
                if other is not fork and mode != "history":
                    across(fork, other, copyhold, mode)


main()
