#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Score `copyhold verify` on a benchmark of derived and unrelated files.

usage: derive.py COPYHOLD BENCH SCORER tree|full|compact

BENCH holds upstream/, deriv/ and truth.json; SCORER is the script that compares a prediction with
truth.json. Prints how large the traces are, how long `verify` took, and the scorer's table.
"""
import json, os, resource, subprocess, sys, tarfile, time

copyhold, bench, scorer, mode = sys.argv[1:5]
upstream = os.path.join(bench, "upstream")
if mode != "tree":
    bundle = os.path.join(bench, f"upstream-{mode}.copyhold")
    made = subprocess.run([copyhold, "manifest", "for", upstream, "--traces", mode, "--output", bundle], check=True,
                          capture_output=True, text=True)
    print(made.stderr.strip())
    size = next(m.size for m in tarfile.open(bundle) if m.name.endswith(".traces"))
    text = sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(upstream) for f in fs)
    print(f"traces: {size} bytes, {100 * size / text:.2f} % of the upstream's bytes")
    upstream = bundle
start = time.time()
run = subprocess.run([copyhold, "verify", os.path.join(bench, "deriv"), "--upstream", upstream, "--format", "json"],
                     capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"verify: exit {run.returncode}, {time.time() - start:.2f} s, {used.ru_maxrss // 1024} MB at most")
best = {}
for found in json.loads(run.stdout)["derivations"]:
    ranges = [r["lines"] + r["source_lines"] for r in found["ranges"]]
    known = best.setdefault(found["path"], {"source": None, "similarity": 0.0, "ranges": []})
    known["ranges"] += ranges
    if found["similarity"] > known["similarity"]:
        known["source"], known["similarity"] = found["source"], found["similarity"]
        known["confidence"] = found["confidence"]
truth = json.load(open(os.path.join(bench, "truth.json")))["files"]
for path, found in best.items():
    if not truth[path]["sources"]:
        print(f"unrelated, but {found['confidence']}: {path} <- {found['source']}")
    if not found["ranges"]:
        del found["ranges"]
prediction = os.path.join(bench, f"prediction-{mode}.json")
json.dump(best, open(prediction, "w"))
subprocess.run([sys.executable, scorer, os.path.join(bench, "truth.json"), prediction, "--fpr", "0.003"], check=True)
