#!/bin/sh
# The published system and its runner-up against ours: trained on the same synthetic wells for the same time on one core, picked by their
# own rules on wells that none has seen. Usage: bench/published/run.sh [FOLDER]; wells, tiles and runs go there, a run that was stopped goes on.
# The scores go to stdout, and the seconds that each training took to stderr. About half an hour on one idle core.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
geobfdt=${GEOBFDT:-$here/bin/geobfdt}
out=${1:-$here/runs/published}
wells=40
mkdir -p "$out"
cd "$out"

logs=; labels=
for i in $(seq 1 $wells); do
	[ -f "w$i.csv" ] || "$geobfdt" synth -q --preset train-plain --seed $((700000 + i)) --step 0.0025 --columns 192 -o "w$i.npz" --truth "w$i.csv"
	logs="$logs w$i.npz"
	labels="$labels --labels w$i.csv"
done

# name, tiles that its training sees: as many as it takes 450 s for on one Zen 4 core
models=
while read -r name samples; do
	config=$here/configs/$name.yaml
	[ -d "t-$name" ] || "$geobfdt" tile -q $logs $labels --config "$config" -o "t-$name" >/dev/null
	"$geobfdt" train -q --threads 1 --tiles "t-$name" --config "$config" --set "train.samples=$samples" -o "r-$name" >/dev/null
	echo "$name: $samples tiles, $(tail -n 1 "r-$name/metrics.jsonl" | sed 's/.*"seconds":\([0-9]*\).*/\1/') s" >&2
	"$geobfdt" eval -q --suite --config "$config" --preset first-well --preset vertical --preset deviated --preset crossing --model "r-$name/best.safetensors" -o "$name.md"
	models="$models $name.md"
done <<END
default 26000
paper 14200
paper-ce-l2 14200
END
cat $models
