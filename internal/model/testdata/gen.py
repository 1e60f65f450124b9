"""Writes the golden files of internal/model from oracle.py. See README.md."""
import copy
import dataclasses
import gzip
import json
import math
import pathlib
import struct
import sys

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "loss" / "testdata"))

import criterion as crit  # noqa: E402
import oracle  # noqa: E402

SEED = 18       # one whose matchings stay clear of ties
STEPS = 10
# At 1e-3 this sharp little problem is chaotic: weights moved by 1e-6 change the tenth loss by 10 %. At 1e-4: by 3e-4.
LEARNING_RATE, WEIGHT_DECAY, CLIP_NORM = 1e-4, 1e-4, 1.0
BETAS, EPSILON = (0.9, 0.999), 1e-8
MIN_MARGIN = 0.01   # cost by which every matching beats any other

# (class, d, a, b) per image in row coordinates: row(phi) = d + a cos(phi) + b sin(phi)
TRUTHS = [
    [(0, 18.0, 6.5, -3.0), (1, 40.5, -9.0, 12.0)],
    [],
    [(0, 10.0, -2.5, 4.0), (0, 33.0, 3.0, 7.5), (1, 50.0, 11.0, 5.0)],
]
MODELS = {
    "refine": (oracle.Options(decoder="refine", wrap_azimuth=True), crit.Options()),
    "plain": (oracle.Options(decoder="plain", wrap_azimuth=False), crit.Options(form="normalised", match="param")),
}


def coarse(t, bits):
    """Keeps that many bits of the mantissa, so that the compressed file is small."""
    mantissa, exponent = np.frexp(t.detach().numpy().astype(np.float64))
    return torch.as_tensor(np.ldexp(np.round(mantissa * 2 ** bits), exponent - bits).astype(np.float32))


def write_safetensors(path, tensors):
    """Gzipped safetensors, float32, names sorted; no time stamp, so that equal content gives equal bytes."""
    header, blobs, offset = {}, [], 0
    for name in sorted(tensors):
        blob = tensors[name].detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(gzip.compress(struct.pack("<Q", len(text)) + text + b"".join(blobs), 9, mtime=0))


def batch(options):
    """Noise with a dark line along every truth; a gap of three columns, where the mask is 0. x [3, 2, H, W]"""
    image = torch.randn(len(TRUTHS), options.rows, options.columns).clamp(-4, 4)
    phi = (torch.arange(options.columns) + 0.5) * 2 * math.pi / options.columns
    row = torch.arange(options.rows)[:, None] + 0.5
    for b, truths in enumerate(TRUTHS):
        for _, d, a, c in truths:
            image[b] -= 2 * torch.exp(-((row - d - a * phi.cos() - c * phi.sin()) / 2) ** 2)
    mask = torch.ones_like(image)
    for b, start in enumerate((5, 30, 70)):
        mask[b, :, start:start + 3] = 0
    return coarse(torch.stack([image * mask, mask], 1), 8)


def targets(options, dtype):
    """Truths as the criterion reads them: (class, depth / tile, vx, vy)."""
    slope = options.row_m / oracle.RADIUS_M
    scale = torch.tensor([1, 1 / options.rows, slope, slope], dtype=torch.float64)
    return [(torch.tensor(t, dtype=torch.float64).reshape(-1, 4) * scale).to(dtype) for t in TRUTHS]


def randomise(net):
    """Weights far from any symmetric start, so that (nearly) every gradient is alive.

    The layers that move the sinusoids stay small: costs at the cap of the matching would be ties.
    """
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
        elif isinstance(module, nn.Linear):
            moves = name == "head.param.2" or name.endswith("offset.out")
            nn.init.normal_(module.weight, std=0.05 if moves else module.in_features ** -0.5)
            nn.init.normal_(module.bias, std=0.05 if moves else 0.1)
        elif isinstance(module, (nn.LayerNorm, nn.BatchNorm2d)):
            nn.init.normal_(module.weight, mean=1, std=0.1)
            nn.init.normal_(module.bias, std=0.1)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    if hasattr(net.query, "anchor"):
        queries = net.options.queries
        with torch.no_grad():
            net.query.anchor.normal_(std=0.3)
            net.query.anchor[:, 0] = (torch.arange(queries) + 0.5) / queries + 0.02 * torch.randn(queries)
    for t in net.state_dict().values():
        if t.is_floating_point():
            t.copy_(coarse(t, 8))


def check_margins(outputs, truths, head, tile_m, o):
    """Refuses matchings near a tie, where rounding may choose another one: forbids each pair and matches anew."""
    for logits, p in outputs:
        for b, truth in enumerate(truths):
            if len(truth) == 0:
                continue
            cost = crit.cost_matrix(logits[b], p[b], truth, head, tile_m, o).detach().numpy()
            pairs = list(zip(*linear_sum_assignment(cost)))
            best = sum(cost[pair] for pair in pairs)
            for pair in pairs:
                other = cost.copy()
                other[pair] = 1e4
                if other[linear_sum_assignment(other)].sum() - best < MIN_MARGIN:
                    raise SystemExit(f"{head}: image {b}: a matching is nearly a tie; choose another seed")


def outputs_of(prefix, outputs):
    return {f"{prefix}.{i}.{kind}": t for i, pair in enumerate(outputs) for kind, t in zip(("logits", "params"), pair)}


def evaluate(net, x, loss_options):
    """Outputs in eval and train mode, loss parts, gradients; then ten steps of AdamW on the same batch."""
    head, tile_m, truths = net.options.decoder, net.options.tile_m, targets(net.options, x.dtype)
    state = {f"state.{k}": t.clone() for k, t in net.state_dict().items() if t.is_floating_point()}
    net.eval()
    with torch.no_grad():
        evaluated = outputs_of("eval", net(x))
    net.train()

    optimiser = torch.optim.AdamW(net.parameters(), lr=LEARNING_RATE, betas=BETAS, eps=EPSILON, weight_decay=WEIGHT_DECAY)
    losses, norms, grads, first = [], [], {}, {}
    for step in range(STEPS):
        optimiser.zero_grad()
        outputs = net(x)
        check_margins(outputs, truths, head, tile_m, loss_options)
        total, parts = crit.criterion(outputs, truths, head, tile_m, loss_options)
        total.backward()
        if step == 0:
            grads = {f"grad.{k}": p.grad.clone() for k, p in net.named_parameters()}
            running = {f"after.{k}": t.clone() for k, t in net.named_buffers() if t.is_floating_point()}
            first = {
                "class_loss": [part["class"].item() for part in parts],
                "param_loss": [part["param"].item() for part in parts],
                "matches": [[torch.stack(m, 1).tolist() for m in part["matches"]] for part in parts],
            }
            trained = outputs_of("train", outputs)
        losses.append(total.item())
        norms.append(nn.utils.clip_grad_norm_(net.parameters(), CLIP_NORM).item())
        optimiser.step()
    with torch.no_grad():
        losses.append(crit.criterion(net(x), truths, head, tile_m, loss_options)[0].item())
    report = {"total": losses[0], **first, "step_losses": losses, "step_grad_norms": norms}
    return {**state, **evaluated, **trained, **running}, grads, report


def difference(a, b):
    """Largest difference relative to the largest value."""
    a, b = a.detach().double(), b.detach().double()
    return ((a - b).abs().max() / b.abs().max().clamp(min=1e-30)).item()


def golden(kind):
    options, loss_options = MODELS[kind]
    torch.manual_seed(SEED)
    x = batch(options)
    net = oracle.Network(options)
    randomise(net)
    exact = copy.deepcopy(net).double()

    tensors, grads, report = evaluate(net, x, loss_options)
    tensors64, grads64, report64 = evaluate(exact, x.double(), loss_options)
    largest = max(g.abs().max() for g in grads64.values())
    alive = [k for k, g in grads64.items() if g.abs().max() > 1e-9 * largest]
    report["dead_gradients"] = sorted(k[len("grad."):] for k in set(grads) - set(alive))
    report["float32_noise"] = {  # float32 against float64, here: what a tolerance has to allow at least
        "outputs": max(difference(t, tensors64[k]) for k, t in tensors.items() if k.startswith(("train", "eval"))),
        "gradients": max(difference(grads[k], grads64[k]) for k in alive),
        "step_losses": max(abs(a / b - 1) for a, b in zip(report["step_losses"], report64["step_losses"])),
    }
    grads = {k: coarse(g, 16) for k, g in grads.items()}
    write_safetensors(HERE / f"{kind}.safetensors.gz", {**tensors, **grads})
    write_safetensors(HERE / "batch.safetensors.gz", {"x": x})  # the same for both kinds
    loss_json = {k.rstrip("_"): v for k, v in dataclasses.asdict(loss_options).items()}
    adamw = {"lr": LEARNING_RATE, "weight_decay": WEIGHT_DECAY, "betas": BETAS, "eps": EPSILON, "clip_norm": CLIP_NORM}
    return {"options": dataclasses.asdict(options), "loss": loss_json, "adamw": adamw, "truths_rows": TRUTHS, **report}


def main():
    torch.set_num_threads(1)
    goldens = {kind: golden(kind) for kind in MODELS}
    (HERE / "golden.json").write_text(json.dumps(goldens, indent=1) + "\n")
    for kind, g in goldens.items():
        print(kind, g["float32_noise"], "dead:", g["dead_gradients"], "losses:", g["step_losses"])


if __name__ == "__main__":
    main()
