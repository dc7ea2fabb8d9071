#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Wall time and peak memory of copyhold beside what people use today, on one tree, in one run, warm:
#
#     benches/ratio.sh TREE [COPYHOLD]
#
# The tree should lie outside of git, so that all read the same files. Needs GNU time; a peer that is
# missing is told and left out.
set -euo pipefail

tree=$(realpath "$1")
copyhold=$(realpath "${2:-$(dirname "$0")/../target/release/copyhold}")
jobs=$(nproc)
runs=${RUNS:-3}
[ -x /usr/bin/time ] || { echo 'GNU time is missing' >&2; exit 2; }
measured=$(mktemp)
trap 'rm -f "$measured"' EXIT

# best COMMAND: the least wall time of all runs, and the most memory of any process.
best() {
    local run
    : > "$measured"
    for ((run = 0; run < runs; run++)); do
        (cd "$tree" && /usr/bin/time -a -o "$measured" -f '%e %M' sh -c "$1" >/dev/null 2>&1) || true
    done
    # GNU time says so where a command failed, as `reuse lint` does on most trees.
    grep -v '^Command' "$measured" | awk '
        NR == 1 || $1 < wall { wall = $1 }
        $2 > memory { memory = $2 }
        END { printf "%.2f %d\n", wall, memory / 1024 }'
}

find "$tree" -type f -not -path '*/.git/*' -printf '%s\n' |
    awk -v jobs="$jobs" '{ size += $1 } END { printf "%d files, %.2f GB, %d threads\n", NR, size / 1e9, jobs }'
find "$tree" -type f -not -path '*/.git/*' -exec cat {} + >/dev/null

files="find . -type f -not -path '*/.git/*' -print0"
row() { printf '%-34s %9s %9s %8s\n' "$@"; }
row '' 'wall (s)' 'MiB' 'ratio'

# measure NAME OURS COMMAND: one row, its time as a multiple of ours (none: it is ours).
measure() {
    local wall memory
    read -r wall memory < <(best "$3")
    row "$1" "$wall" "$memory" "$(awk -v wall="$wall" -v ours="${2:-$wall}" 'BEGIN { if (ours > 0) printf "%.2f", wall / ours; else print "-" }')"
    last=$wall
}

measure 'copyhold hash' '' "'$copyhold' -q hash ."
hash=$last
measure '  sha256sum, xargs -P' "$hash" "$files | xargs -0 -n 256 -P $jobs sha256sum"
measure '  openssl dgst -sha256, xargs -P' "$hash" "$files | xargs -0 -n 256 -P $jobs openssl dgst -sha256"
measure 'copyhold scan' '' "'$copyhold' -q --format json scan ."
scan=$last
if command -v reuse >/dev/null; then
    runs=1 measure '  reuse lint (one run)' "$scan" 'reuse lint --quiet'
else
    echo '  reuse lint: not installed'
fi
