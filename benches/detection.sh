#!/bin/sh
# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Scores license detection: runs copyhold over a tree of samples and gives what each file itself says to a scorer.
#
# usage: benches/detection.sh COPYHOLD SAMPLES SCORER [SCORER'S ARGUMENTS]
#
# SCORER reads {"path": ["expression", …]} from the file it gets first, with paths relative to SAMPLES.
set -eu
copyhold=$1 samples=$2 scorer=$3
shift 3
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
"$copyhold" scan --format json "$samples" > "$scratch/scan.json"
python3 - "$scratch/scan.json" > "$scratch/found.json" << 'END'
import json, sys
found = {}
for work in json.load(open(sys.argv[1]))["works"]:
    own = [e for e in work["evidence"] if e["source"] == work["path"] and e["kind"] != "inherited"]
    found[work["path"]] = [e["expression"] for e in own if e["score"] > 0] or None
json.dump(found, sys.stdout)
END
"$scorer" "$scratch/found.json" "$@"
