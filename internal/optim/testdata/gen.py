"""Writes golden.json: three steps of torch.optim.AdamW after torch.nn.utils.clip_grad_norm_, in float64.

To regenerate (Debian: python3-torch 1.13):  python3 gen.py
"""
import json
import pathlib

import torch

LIMITS = [1.0, 1.0, 0.05]          # of the gradient norm: clipped, not clipped, clipped hard
LEARNING_RATES = [4e-4, 3e-4, 1e-2]
GRADIENT_SIZES = [2.0, 0.01, 0.5]
OPTIONS = {"beta1": 0.9, "beta2": 0.95, "weight_decay": 0.05}
SHAPES = {"fc.weight": [5, 3], "fc.bias": [5], "norm.weight": [33], "query": [2, 3]}


def exact(x):
    """float64 that float32 holds exactly."""
    return x.float().double()


def main():
    torch.manual_seed(0)
    params = {k: torch.nn.Parameter(exact(torch.randn(s))) for k, s in SHAPES.items()}
    opt = torch.optim.AdamW(params.values(), betas=(OPTIONS["beta1"], OPTIONS["beta2"]), weight_decay=OPTIONS["weight_decay"])
    golden = {"options": OPTIONS, "shapes": SHAPES, "start": {k: p.tolist() for k, p in params.items()}, "steps": []}
    for limit, lr, size in zip(LIMITS, LEARNING_RATES, GRADIENT_SIZES):
        opt.param_groups[0]["lr"] = lr
        grads = {k: exact(size * torch.randn(s)) for k, s in SHAPES.items()}
        for k, p in params.items():
            p.grad = grads[k].clone()
        norm = torch.nn.utils.clip_grad_norm_(params.values(), limit)
        clipped = {k: p.grad.clone() for k, p in params.items()}
        opt.step()
        golden["steps"].append({
            "limit": limit, "lr": lr, "norm": norm, "grads": grads, "clipped": clipped,
            "params": {k: p.detach().clone() for k, p in params.items()},
        })
    text = json.dumps(golden, default=lambda x: x.tolist(), separators=(",", ":")).replace('{"limit"', '\n{"limit"')
    (pathlib.Path(__file__).parent / "golden.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
