"""Times geobfdt against PyTorch and ONNX Runtime on the same networks, weights and inputs, and writes bench/RESULTS.md.

Needs Go, python3 with torch, node, and onnxruntime-node (`make bench-peers` installs it). Run it from the root of the repository on a
machine that does nothing else: usage: bench/peers/run.py FOLDER [--rounds N] [--seconds S] [--networks default,paper,detr]
[--threads 1,2] [--only forward,step,avx2,scaling]. FOLDER is for work files and holds node_modules.

All peers are processes that stay alive; they take turns, so that a slow minute hits all of them, and only one works at a time.
Outputs and losses are compared before any time is taken.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# glibc gives large arrays back to the system at every free; without that PyTorch is faster.
TUNED = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "17179869184", "MALLOC_TOP_PAD_": "1073741824"}
AVX2 = {"GEOBFDT_ISA": "avx2", "ATEN_CPU_CAPABILITY": "avx2", "DNNL_MAX_CPU_ISA": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell"}


class Peer:
    def __init__(self, command, env):
        clean = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "GEOBFDT_ISA")}
        self.process = subprocess.Popen(command, cwd=ROOT, env={**clean, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.process.args} ended: {self.process.wait()}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def geobfdt(folder, threads, env):
    return Peer([str(folder / "geobfdt-peer"), str(folder), str(threads)], {**env, "GOMAXPROCS": str(threads)})


def peers(folder, threads, task, env):
    """Name -> Peer; geobfdt first, the reference of outputs second."""
    limit = {"OMP_NUM_THREADS": str(threads), **env}
    torch = [sys.executable, str(HERE / "peer_torch.py"), str(folder), str(threads)]
    made = {"geobfdt": geobfdt(folder, threads, env)}
    if task == "forward":
        made["PyTorch eager"] = Peer(torch + ["eager"], {**limit, **TUNED})
        made["PyTorch jit frozen"] = Peer(torch + ["jit"], {**limit, **TUNED})
        if not env:     # ONNX Runtime cannot be held to AVX2
            made["ONNX Runtime"] = Peer(["node", str(folder / "peer_onnxruntime.js"), str(folder), str(threads)], TUNED)
    else:
        made["PyTorch channels_last"] = Peer(torch + ["channels_last"], {**limit, **TUNED})
        made["PyTorch NCHW, malloc as it comes"] = Peer(torch + ["nchw"], limit)
    return made


def compare(task, answers):
    """Largest difference from PyTorch, relative to the largest value."""
    names = list(answers)
    want = answers[names[1]]
    top = max(abs(v) for v in want)
    worst = 0
    for name in names:
        if len(answers[name]) != len(want):
            sys.exit(f"{name} gives {len(answers[name])} values, PyTorch {len(want)}")
        off = max(abs(a - b) for a, b in zip(answers[name], want)) / top
        worst = max(worst, off)
        if not off < (1e-3 if task == "forward" else 5e-3):
            sys.exit(f"{name} differs from PyTorch by {off:.1e} in {task}: times would mean nothing")
    return worst


def measure(folder, args, network, threads, task, batch, env):
    made = peers(folder, threads, task, env)
    query = dict(network=network, task=task, batch=batch)
    off = compare(task, {name: p.ask(do="check", **query) for name, p in made.items()})
    times = {name: [] for name in made}
    for p in made.values():
        p.ask(do="time", seconds=args.seconds, **query)     # warm-up
    for _ in range(args.rounds):
        for name, p in made.items():
            times[name].append(statistics.median(p.ask(do="time", seconds=args.seconds, **query)))
    for p in made.values():
        p.close()
    return {"network": network, "threads": threads, "task": task, "batch": batch, "avx2": bool(env), "difference": off,
            "ms": {name: statistics.median(t) for name, t in times.items()}}


def scale(folder, args, network, task, batch):
    """How much faster geobfdt is on the most threads than on one. The two take turns: each turn gives a ratio of medians, all together the
    ratio of the fastest runs, which is that of the code where others use the machine too."""
    many = max(map(int, args.threads.split(",")))
    made = [geobfdt(folder, n, {}) for n in (1, many)]
    ratios, fastest = [], [float("inf")] * 2
    for turn in range(1 + 3 * args.rounds):
        times = [p.ask(do="time", seconds=args.seconds, network=network, task=task, batch=batch) for p in made]
        if turn > 0:    # the first is a warm-up
            ratios.append(statistics.median(times[0]) / statistics.median(times[1]))
            fastest = [min(f, *t) for f, t in zip(fastest, times)]
    for p in made:
        p.close()
    return {"network": network, "task": task, "batch": batch, "threads": many, "ratios": sorted(ratios), "fastest": fastest[0] / fastest[1]}


def machine():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    version = lambda *c: subprocess.run(c, capture_output=True, text=True, cwd=ROOT).stdout.strip()  # noqa: E731
    return cpu, os.cpu_count(), version("go", "env", "GOVERSION"), version(sys.executable, "-c", "import torch; print(torch.__version__)"), version("node", "--version")


def table(rows, task):
    names = list(rows[0]["ms"])
    out = ["| network | batch | threads | " + " | ".join(names) + " | " + " | ".join("against " + n for n in names[1:]) + " |", "|---" * (3 + 2 * len(names) - 1) + "|"]
    for r in rows:
        ms = [r["ms"][n] / r["batch"] for n in names]
        out.append(f"| {r['network']} | {r['batch']} | {r['threads']} | " + " | ".join(f"{v:.2f}" for v in ms) + " | " + " | ".join(f"**{v / ms[0]:.2f}**" for v in ms[1:]) + " |")
    return "\n".join(out)


def write(results, scaling, args, onnxruntime):
    cpu, cores, go, torch, node = machine()
    notes = json.loads((HERE / "networks.json").read_text())
    text = ["# geobfdt against its peers", "",
            f"Written by `make bench-peers` on {datetime.date.today()}. Machine: {cpu}, {cores} cores. Go {go.removeprefix('go')}, PyTorch {torch}, "
            f"ONNX Runtime {onnxruntime} (node {node}). Medians of {args.rounds} rounds of {args.seconds:g} s, the peers taking turns. Times are milliseconds "
            "a tile; a ratio above 1 says how many times faster geobfdt is. float32 everywhere; PyTorch with glibc's malloc tuned to keep its memory unless it says otherwise.", ""]
    text += [f"- `{name}`: {n['note']}" for name, n in notes.items()]
    differences = [(what, [r["difference"] for r in results if r["task"] == task])
                   for task, what in (("forward", "the largest output"), ("step", "the losses of three training steps"))]
    text += ["", *(f"Outputs agree: the largest difference from PyTorch is {max(d):.0e} of {what}." for what, d in differences if d), ""]
    for title, task, avx2 in (("Forward pass", "forward", False), ("Training step (forward, loss, backward, clip, AdamW)", "step", False),
                              ("Forward pass, AVX2 forced", "forward", True), ("Training step, AVX2 forced", "step", True)):
        rows = [r for r in results if r["task"] == task and r["avx2"] == avx2]
        if rows:
            text += [f"## {title}", "", table(rows, task), ""]
    if scaling:
        text += [f"## geobfdt: {scaling[0]['threads']} threads against one", "", f"Median of {len(scaling[0]['ratios'])} turns, in brackets the lowest and the highest; then the ratio of the fastest runs of all turns.", "",
                 "| network | task | batch | ratio | of the fastest |", "|---|---|---|---|---|"]
        text += [f"| {s['network']} | {s['task']} | {s['batch']} | {statistics.median(s['ratios']):.2f} ({s['ratios'][0]:.2f}-{s['ratios'][-1]:.2f}) | {s['fastest']:.2f} |" for s in scaling] + [""]
    text += ["ONNX Runtime offers no way to hold it to AVX2 and is left out there.", ""]
    (ROOT / "bench" / "RESULTS.md").write_text("\n".join(text))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.7)
    parser.add_argument("--networks", default="default,paper,detr")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--only", default="forward,step,avx2,scaling")
    args = parser.parse_args()
    folder = args.folder.resolve()
    subprocess.run(["go", "build", "-o", str(folder / "geobfdt-peer"), "./bench/peers/geobfdt"], cwd=ROOT, check=True)
    subprocess.run([sys.executable, str(HERE / "export.py"), str(folder)], check=True)
    (folder / "peer_onnxruntime.js").write_text((HERE / "peer_onnxruntime.js").read_text())   # beside node_modules, where node looks
    onnxruntime = json.loads((folder / "node_modules" / "onnxruntime-node" / "package.json").read_text())["version"]
    results, scaling, only = [], [], args.only.split(",")
    for network in args.networks.split(","):
        for threads in map(int, args.threads.split(",")):
            jobs = [("forward", 1, {}), ("forward", 16, {})] if "forward" in only else []
            jobs += [("step", 16, {})] if "step" in only else []
            jobs += [("forward", 16, AVX2), ("step", 16, AVX2)] if "avx2" in only and threads == 1 else []
            for task, batch, env in jobs:
                r = measure(folder, args, network, threads, task, batch, env)
                results.append(r)
                print(network, task, f"batch {batch}, {threads} threads" + (", AVX2:" if env else ":"), {k: round(v / batch, 3) for k, v in r["ms"].items()}, f"difference {r['difference']:.0e}", flush=True)
                write(results, scaling, args, onnxruntime)    # after each, so that a run that is cut short leaves what it has
    if "scaling" in only:
        for network in args.networks.split(","):
            for task, batch in (("forward", 1), ("forward", 16), ("step", 16)):
                scaling.append(scale(folder, args, network, task, batch))
                print(network, task, f"batch {batch}, threads against one:", [round(r, 2) for r in scaling[-1]["ratios"]], f"fastest {scaling[-1]['fastest']:.2f}", flush=True)
                write(results, scaling, args, onnxruntime)


if __name__ == "__main__":
    main()
