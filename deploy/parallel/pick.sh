#!/bin/bash
# Picks the wells of a manifest with GNU parallel, on one machine or, with --sshlogin in PARALLEL, on several that share the folders.
#
#   deploy/parallel/pick.sh JOBS wells.csv picks [flags of geobfdt pick]
#
# JOBS wells at work at once, with the machine's cores shared between them. The same line again goes on with what is missing.
set -euo pipefail
jobs=$1 manifest=$2 out=$3
shift 3
threads=$(($(nproc) / jobs))
mkdir -p "$out"
# As many parts as jobs would end with one long part while the other workers are idle: eight times as many even that out.
parts=$((8 * jobs))
seq 0 $((parts - 1)) | parallel --quote --jobs "$jobs" --line-buffer --joblog "$out/joblog.tsv" \
	"${GEOBFDT:-geobfdt}" pick --manifest "$manifest" -o "$out" --shard "{}/$parts" --threads $((threads > 0 ? threads : 1)) "$@" \
	>>"$out/status.jsonl"
