# geobfdt: targets are habits. `make help` lists them.
SHELL := bash
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
GEOBFDT := ./bin/geobfdt
PYTHON ?= python3

.PHONY: help build run test test-slurm test-crash race vet fmt lint check model matched-filter results published golden bench fuzz cross release clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

build: ## static binary in bin/
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/geobfdt

run: build ## make a synthetic well, pick it, score the picks
	@mkdir -p out
	$(GEOBFDT) synth --preset first-well --seed 7 -o out/example.npz --truth out/example_truth.csv
	$(GEOBFDT) pick out/example.npz -o out/picks.csv --picture out/picks.png
	head -n 20 out/picks.csv
	$(GEOBFDT) eval --truth out/example_truth.csv --picks out/picks.csv

test: ## all tests
	go test ./...

test-slurm: ## job arrays on a real Slurm of two virtual nodes (installs it; needs root on Debian)
	tests/slurm/run.sh

test-crash: ## kill -9 at 200 random moments, full and unwritable disks (minutes; the full disk needs root)
	go test -tags crash -v -timeout 60m ./tests/crash

race: ## all tests under the race detector (slow)
	CGO_ENABLED=1 go test -race -timeout 30m ./...

vet: ## go vet
	go vet ./...

fmt: ## format the code
	gofmt -w cmd internal gen

lint: vet ## staticcheck
	go run $(STATICCHECK) ./...

check: ## everything that a change must pass
	.ci/run

model: build ## train the default model anew and embed it (about three and a half hours on two idle cores; training resumes where it was interrupted)
	$(GEOBFDT) train --config configs/default.yaml -o runs/default-1
	$(GEOBFDT) train --config configs/default-2.yaml --init runs/default-1/best.safetensors -o runs/default
	$(GEOBFDT) train verify runs/default/best.safetensors --samples 3000000 -o runs/default/verified.safetensors
	$(GEOBFDT) train verify runs/default/verified.safetensors --samples 2000000 --lr 0.0008 --seed 11000001 --keep 0.5 -o runs/default/kept.safetensors
	$(GEOBFDT) train verify runs/default/kept.safetensors --samples 2200000 --lr 0.0008 --seed 13000001 -o runs/default/jointed.safetensors
	$(GEOBFDT) train calibrate runs/default/jointed.safetensors --wells 32 -o internal/defaultmodel/default.safetensors

results: build ## score the default model on synthetic wells of every kind into docs/results.md
	$(GEOBFDT) eval --suite --wells 12 --method model --method matched-filter -o docs/results.md
	printf '\nThe published system and its runner-up, trained on the same wells for the same time as ours: [published.md](published.md).\n' >>docs/results.md

published: build ## train the published system and ours on the same wells for the same time, and score them (half an hour on an idle core)
	bench/published/run.sh

golden: ## regenerate the golden values (needs python3 with torch, numpy and scipy)
	set -e; for script in internal/*/testdata/gen.py; do (cd $$(dirname $$script) && python3 gen.py); done

bench: ## benchmarks of the kernels (GFLOP/s, share of the FMA peak) and everything built on them
	go test -run '^$$' -bench . -benchmem ./...

bench-peers: ## time the engine against PyTorch and ONNX Runtime, write bench/RESULTS.md (needs python3 with torch, and node)
	mkdir -p out/peers
	npm install --ignore-scripts --no-audit --no-fund --prefix out/peers onnxruntime-node@1.30.0
	$(PYTHON) bench/peers/run.py out/peers

# make fuzz FUZZ=las FUZZTIME=10m FUZZFLAGS=-parallel=1 is ten minutes of one package on one core.
FUZZ ?= *
FUZZTIME ?= 20s
FUZZFLAGS ?=

fuzz: ## every fuzz target for FUZZTIME (20s) each, or those of one package: FUZZ=las
	set -e; grep -lE '^func Fuzz' internal/$(FUZZ)/*_test.go | while read -r file; do \
		for name in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*).*/\1/p' $$file); do \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $(FUZZFLAGS) ./$$(dirname $$file); \
		done; \
	done

cross: ## static binaries for six platforms in dist/
	set -e; for p in $(PLATFORMS); do \
		os=$${p%/*}; arch=$${p#*/}; ext=; [ $$os = windows ] && ext=.exe; \
		echo $$p; CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags '$(LDFLAGS)' \
			-o dist/geobfdt-$$os-$$arch$$ext ./cmd/geobfdt; \
	done

release: ## archives for six platforms with manual pages and completions, and SHA256SUMS, in dist/release (GNU tar, zip)
	.ci/release '$(VERSION)' $(PLATFORMS)

clean: ## remove what the targets made (trained runs stay)
	rm -rf bin out dist
