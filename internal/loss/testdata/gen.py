"""Writes golden.json of internal/loss from criterion.py, in float64. See README.md."""
import dataclasses
import itertools
import json
import math
import pathlib

import torch
from scipy.optimize import linear_sum_assignment

import criterion as crit

HERE = pathlib.Path(__file__).resolve().parent
SEED = 0
ROWS, ROW_M = 256, 0.005
TILE_M = ROWS * ROW_M
DIGITS = 10
MIN_MARGIN = 1e-3   # cost by which every matching beats any other

HEADS = ("refine", "plain")
CLASSES = ("focal", "weighted_ce", "ce")
PARAMS = ("l1", "l2", "smooth_l1", "curve")
FORMS = ("tolerance", "normalised")


def random_truth(n):
    """n random sinusoids (class, d, a, b) in row coordinates: row(phi) = d + a cos(phi) + b sin(phi)."""
    dip, azimuth = torch.rand(n) * 1.2, torch.rand(n) * 2 * math.pi
    a = crit.RADIUS_M / ROW_M * dip.tan()
    truth = torch.stack([torch.randint(0, 2, (n,)), torch.rand(n) * ROWS, a * azimuth.cos(), a * azimuth.sin()], -1)
    return truth.float().double()


def slopes(truth):
    """Row coordinates -> (class, depth / tile, vx, vy)."""
    slope = ROW_M / crit.RADIUS_M
    return truth * torch.tensor([1, 1 / ROWS, slope, slope])


def random_params(head, truth, queries):
    """[queries, 3]: some lie near the truths, the others anywhere. Exact in float32, so that Go reads the same."""
    anywhere = slopes(random_truth(queries))[:, 1:]
    near = min(len(truth), queries)
    anywhere[:near] = slopes(truth)[:near, 1:] + torch.randn(near, 3) * torch.tensor([0.05, 0.2, 0.2])
    return crit.truth_in_head(anywhere[torch.randperm(queries)], head).float().double()


def scene(layers, counts, queries):
    """Truths per image, logits and both heads' params per layer."""
    truths = [random_truth(n) for n in counts]
    return {
        "truths_rows": truths,
        "logits": torch.randn(layers, len(counts), queries, 3).float().double(),
        **{head: torch.stack([torch.stack([random_params(head, t, queries) for t in truths]) for _ in range(layers)])
           for head in HEADS},
    }


def scenes():
    torch.manual_seed(SEED)
    all_scenes = {
        "mixed": scene(layers=2, counts=[2, 0, 3], queries=6),
        "crowded": scene(layers=1, counts=[3], queries=2),    # more truths than queries
        "empty": scene(layers=2, counts=[0, 0], queries=4),
        "large": scene(layers=1, counts=[12], queries=24),
    }
    all_scenes["crowded"]["plain"][0, 0, 0, 1] = 0.9921875   # 89.3 deg: beyond the steepest curve, and always matched
    return all_scenes


def cases():
    """(scene, head, options) for which values and gradients are written."""
    o = crit.Options()
    for head, cls, param, form in itertools.product(HEADS, CLASSES, PARAMS, FORMS):
        yield "mixed", head, dataclasses.replace(o, class_=cls, param=param, form=form)
    for head in HEADS:
        yield "mixed", head, dataclasses.replace(o, auxiliary=False)
        yield "mixed", head, dataclasses.replace(o, alpha=0.6, gamma=1.5, class_weight=2.0, param_weight=3.0, match="param")
        for param, form in itertools.product(PARAMS, FORMS):
            yield "crowded", head, dataclasses.replace(o, param=param, form=form)
        for cls in CLASSES:
            yield "empty", head, dataclasses.replace(o, class_=cls)


def matching_cases():
    o = crit.Options()
    for name, head in itertools.product(("mixed", "crowded", "large"), HEADS):
        yield name, head, o
        for param, form in itertools.product(PARAMS, FORMS):
            yield name, head, dataclasses.replace(o, match="param", param=param, form=form)


def check_margin(cost, pairs, name):
    """Refuses a matching near a tie: forbids each pair and matches anew."""
    best = cost[pairs].sum()
    for pair in zip(*pairs):
        other = cost.copy()
        other[pair] = 1e4
        if other[linear_sum_assignment(other)].sum() - best < MIN_MARGIN:
            raise SystemExit(f"{name}: a matching is nearly a tie; choose another seed")


def matching(scene, head, o, name):
    """Cost matrices, matched [query, truth] pairs and their total cost, per layer and image."""
    result = []
    for logits, p in zip(scene["logits"], scene[head]):
        images = []
        for b, truth in enumerate(scene["truths_rows"]):
            truth = slopes(truth)
            pairs = crit.match(logits[b], p[b], truth, head, TILE_M, o)
            image = {"pairs": torch.stack(pairs, 1), "cost": 0.0}
            if len(truth):
                cost = crit.cost_matrix(logits[b], p[b], truth, head, TILE_M, o).numpy()
                check_margin(cost, tuple(i.numpy() for i in pairs), f"{name}, {head}, {o}")
                image["cost"] = cost[pairs].sum()
            images.append(image)
        result.append(images)
    return result


def value_and_gradients(scene, head, o):
    logits = scene["logits"].clone().requires_grad_()
    params = scene[head].clone().requires_grad_()
    truths = [slopes(t) for t in scene["truths_rows"]]
    total, parts = crit.criterion(list(zip(logits, params)), truths, head, TILE_M, o)
    total.backward()
    return {
        "total": total,
        "class_loss": [part["class"] for part in parts],
        "param_loss": [part["param"] for part in parts],
        "grad_logits": logits.grad,
        "grad_params": torch.zeros_like(params) if params.grad is None else params.grad,
    }


def plain_data(x):
    """Tensors and floats -> JSON numbers of DIGITS significant digits."""
    if isinstance(x, torch.Tensor):
        x = x.tolist()
    if isinstance(x, dict):
        return {k: plain_data(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain_data(v) for v in x]
    return float(f"{x:.{DIGITS}g}") if isinstance(x, float) else x


def option_keys(o):
    return {k.rstrip("_"): v for k, v in dataclasses.asdict(o).items()}


def main():
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    data = scenes()
    golden = {
        "rows": ROWS, "row_m": ROW_M,
        "scenes": data,
        "cases": [{"scene": name, "head": head, "options": option_keys(o),
                   "matches": [[image["pairs"] for image in layer] for layer in matching(data[name], head, o, name)],
                   **value_and_gradients(data[name], head, o)}
                  for name, head, o in cases()],
        "matching": [{"scene": name, "head": head, "options": option_keys(o),
                      "layers": matching(data[name], head, o, name)} for name, head, o in matching_cases()],
    }
    for case in golden["cases"]:
        if not case["options"]["auxiliary"]:
            case["matches"] = case["matches"][-1:]
    lines = json.dumps(plain_data(golden), separators=(",", ":")).replace('{"scene"', '\n{"scene"')
    (HERE / "golden.json").write_text(lines + "\n")
    print(len(golden["cases"]), "cases,", len(golden["matching"]), "matchings,", len(lines), "bytes")


if __name__ == "__main__":
    main()
