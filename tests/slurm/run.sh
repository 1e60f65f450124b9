#!/bin/bash
# Batch jobs on a real Slurm of two virtual nodes on this machine: 20 wells and 12 cells of an ablation as job arrays, with a node lost
# in the middle of each. Every result must be there, once, and equal to that of a serial run.
#
#   tests/slurm/run.sh [FOLDER]      (needs root and Debian; see lib.sh. FOLDER is made anew; default: a temporary one, removed at the end)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/lib.sh"
keep=1
[ $# -gt 0 ] && work=$1 || { work=$(mktemp -d) keep=0; }
mkdir -p "$work"
chmod 755 "$work" # munged runs as a user of its own
work=$(cd "$work" && pwd)
rm -rf "${work:?}"/*
finish() {
	local status=$?
	slurm_stop
	((keep)) || rm -rf "$work"
	exit $status
}
trap finish EXIT
say() { printf '%(%T)T %s\n' -1 "$*"; }
die() { say "FAIL: $*" >&2; exit 1; }

slurm_install
cd "$root"
CGO_ENABLED=0 go build -o "$work/geobfdt" ./cmd/geobfdt
export GEOBFDT=$work/geobfdt
cd "$work"
slurm_start "$work/slurm"
say "$(slurmctld -V), nodes $(sinfo -h -N -o %N | tr '\n' ' ')"

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	local left=$1
	shift
	until "$@"; do
		((left-- > 0)) || { squeue >&2; tail -n 30 "$work"/slurm/log/*.log >&2; die "nothing comes of: $*"; }
		sleep 1
	done
}
idle() { [ -z "$(squeue -h)" ]; }
running_on() { [ -n "$(squeue -h -t RUNNING -w "$1")" ]; }
# busy_with NODE FOLDER N NAME: the node is at work and the folder holds N files of the name.
busy_with() { [ "$(find "$2" -name "$4" 2>/dev/null | wc -l)" -ge "$3" ] && running_on "$1"; }
lost() { sinfo -h -N -n "$1" -o %t | grep -q down; }

say "20 wells, serially"
echo "well,top,base" >wells.csv
for i in $(seq 0 19); do
	./geobfdt synth --seed "$i" --length 12 --quiet -o "w$i.npz"
	((i % 2)) && echo "w$i.npz,1,11" || echo "w$i.npz"
done >>wells.csv
./geobfdt pick --manifest wells.csv -o serial --threads 1 --quiet >serial.jsonl

say "20 wells as a job array; node n2 is lost with all that runs on it"
sbatch --parsable --array=0-19 --cpus-per-task=1 --mem=1G "$root/deploy/slurm/pick.sbatch" wells.csv array --quiet >/dev/null
wait_for 300 busy_with n2 array 4 'w*.csv'
at_kill=$(ls array/w*.csv | wc -l)
say "lost with $at_kill wells done, running on it: $(squeue -h -t RUNNING -w n2 -o %K | tr '\n' ' ')"
slurm_node_lose n2
wait_for 120 lost n2
say "Slurm has noticed"
slurm_node_start n2
wait_for 900 idle
[ "$at_kill" -lt 20 ] || die "all wells were done before the node was lost"
[ "$(ls array/*.csv | wc -l)" = 20 ] || die "not 20 results: $(ls array)"
for f in serial/*.csv; do cmp "$f" "array/$(basename "$f")" || die "$f differs"; done
rest=$(find array -mindepth 1 ! -name 'w*.csv' ! -name 'status-*.jsonl' ! -name '.*.tmp')
[ -z "$rest" ] || die "left behind: $rest"
for d in serial array; do
	./geobfdt pick --manifest wells.csv --merge $d -o $d.csv --quiet
	sed -i '/^# command/d' $d.csv
done
cmp serial.csv array.csv
wells=$(grep -v '^#' array.csv | tail -n +2 | cut -d, -f1 | sort -u | wc -l)
say "ok: 20 results, each once, equal to the serial run byte by byte; merged: $wells wells, $(grep -vc '^#\|^well' array.csv) picks"
say "temporary files of the lost node: $(find array -name '.*.tmp' | wc -l)"
say "status lines: $(cat array/status-*.jsonl | wc -l), of these done $(cat array/status-*.jsonl | grep -c '"state":"done"'), skipped $(cat array/status-*.jsonl | grep -c '"state":"skipped"' || true)"

say "12 cells of an ablation, serially"
cp "$here/ablation.yaml" .
./geobfdt ablate --config ablation.yaml -o serial-cells --threads 1 --quiet >/dev/null
cells=$(./geobfdt ablate plan --config ablation.yaml -o serial-cells | grep -c ' done ' || true)
[ "$cells" = 12 ] || die "$cells cells, not 12"

say "12 cells as a job array; the daemon of node n1 is killed, its jobs run on unseen"
sbatch --parsable --array=0-11 --cpus-per-task=1 --mem=1G "$root/deploy/slurm/ablate.sbatch" ablation.yaml cells --quiet >/dev/null
wait_for 300 busy_with n1 cells 3 result.json
at_kill=$(find cells -name result.json | wc -l)
say "killed with $at_kill cells done, running on it: $(squeue -h -t RUNNING -w n1 -o %K | tr '\n' ' ')"
slurm_node_kill n1
wait_for 120 lost n1
say "Slurm has noticed"
slurm_node_start n1
wait_for 900 idle
[ "$at_kill" -lt 12 ] || die "all cells were done before the node was lost"
[ "$(find cells -name result.json | wc -l)" = 12 ] || die "not 12 results"
./geobfdt ablate report --config ablation.yaml -o cells --quiet >/dev/null
# How long a training took is no result; what is left must be the same.
timeless() { python3 -c '
import csv, sys
rows = list(csv.reader(open(sys.argv[1])))
keep = [i for i, name in enumerate(rows[0]) if "seconds" not in name and "per_second" not in name]
for row in rows: print(",".join(row[i] for i in keep))' "$1"; }
cmp <(timeless serial-cells/table.csv) <(timeless cells/table.csv) || die "table.csv differs"
cmp serial-cells/effects.csv cells/effects.csv || die "effects.csv differs"
# The head of picks says by which command line they were made.
picks_of() { (cd "$1/cells" && grep -r -v '^# command' ./*/picks | sort); }
cmp <(picks_of serial-cells) <(picks_of cells) || die "picks differ"
say "ok: 12 cells, each once, scores, effects and picks equal to the serial run"
