"""PyTorch reference of the criterion and of the Hungarian matching: the oracle behind the golden files of internal/loss.

Predictions per decoder layer: logits [B, Q, 3] (bedding, fracture, no sinusoid) and params [B, Q, 3] of one of two heads:
  refine: (depth / tile, vx, vy) with (vx, vy) = tan(dip) (cos az, sin az)
  plain:  (depth / tile, dip / 90 deg, azimuth / 360 deg), all in [0, 1]
Truth per image: [n, 4] rows (class, depth / tile, vx, vy).
"""
import math
from dataclasses import dataclass

import torch
from scipy.optimize import linear_sum_assignment

RADIUS_M = 0.108
EMPTY = 2                # class "no sinusoid"
COST_CAP = 50.0          # one hopeless pair must not decide the others
STEEPEST_DEG = 88.0      # of a plain-head curve: its tangent stays finite
AZIMUTHS = 12            # sampled by the curve distance, at 2 pi k / 12
SLOPE_EPS = 1e-6         # keeps the slope's length differentiable at zero dip


@dataclass
class Options:
    """Same keys as loss.Options in Go."""
    class_: str = "focal"          # focal | weighted_ce | ce
    gamma: float = 2.0
    alpha: float = 0.75
    empty_weight: float = 0.1
    param: str = "l1"              # l1 | l2 | smooth_l1 | curve
    form: str = "tolerance"        # tolerance | normalised
    class_weight: float = 5.0
    param_weight: float = 1.0
    depth_tol_m: float = 0.15
    dip_tol_deg: float = 15.0
    auxiliary: bool = True
    match_class: float = 5.0
    match: str = "curve"           # curve | param
    match_scale_m: float = 0.025


# ---------------------------------------------------------------- geometry

def slope_length(v):
    return (v.square().sum(-1) + SLOPE_EPS).sqrt()


def polar(v):
    """Slope vector [..., 2] -> dip in degrees, azimuth in radians."""
    return slope_length(v).atan() * 180 / math.pi, torch.atan2(v[..., 1], v[..., 0])


def unit(azimuth):
    return torch.stack([azimuth.cos(), azimuth.sin()], -1)


def head_polar(p, head):
    """Dip in degrees and azimuth in radians of predictions [..., 3]."""
    if head == "refine":
        return polar(p[..., 1:])
    return 90 * p[..., 1], 2 * math.pi * p[..., 2]


def dip_vector_deg(p, head):
    """refine: v / |v| asinh |v| in degrees (the slope of dip at zero, but no saturation); plain: dip (cos az, sin az)."""
    if head == "refine":
        r = slope_length(p[..., 1:])
        return p[..., 1:] * (torch.asinh(r) / r * 180 / math.pi)[..., None]
    dip, azimuth = head_polar(p, head)
    return dip[..., None] * unit(azimuth)


def truth_in_head(truth, head):
    """Truth (depth / tile, vx, vy) in the parameters of the head. Exact: nothing is differentiated by the truth."""
    if head == "refine":
        return truth
    dip, azimuth = torch.hypot(truth[..., 1], truth[..., 2]).atan(), torch.atan2(truth[..., 2], truth[..., 1])
    return torch.stack([truth[..., 0], dip * 2 / math.pi, (azimuth / (2 * math.pi)) % 1.0], -1)


def curve_m(p, head, tile_m):
    """Depth of the sinusoid at 12 azimuths [..., 12]."""
    if head == "refine":
        slope = p[..., 1:]
    else:
        dip, azimuth = head_polar(p, head)
        slope = torch.tan(dip.clamp(max=STEEPEST_DEG) * math.pi / 180)[..., None] * unit(azimuth)
    phi = torch.arange(AZIMUTHS, dtype=p.dtype) * 2 * math.pi / AZIMUTHS
    return p[..., :1] * tile_m + RADIUS_M * (slope[..., :1] * phi.cos() + slope[..., 1:] * phi.sin())


def curve_distance_m(p, truth, head, tile_m):
    """Mean distance round the hole."""
    return (curve_m(p, head, tile_m) - curve_m(truth_in_head(truth, head), head, tile_m)).abs().mean(-1)


# ---------------------------------------------------------------- losses

def param_terms(p, truth, head, tile_m, o):
    """Differences in units of the form [..., 3]."""
    truth = truth_in_head(truth, head)
    if o.form == "tolerance":
        depth = (p[..., :1] - truth[..., :1]) * tile_m / o.depth_tol_m
        return torch.cat([depth, (dip_vector_deg(p, head) - dip_vector_deg(truth, head)) / o.dip_tol_deg], -1)
    (dip, azimuth), (true_dip, true_azimuth) = head_polar(p, head), head_polar(truth, head)
    turn = torch.remainder(azimuth - true_azimuth + math.pi, 2 * math.pi) - math.pi
    return torch.stack([p[..., 0] - truth[..., 0], (dip - true_dip) / 90, turn / math.pi], -1)


def param_loss(p, truth, head, tile_m, o):
    """[...] loss of predictions [..., 3] against truths [..., 3], broadcast over the leading dimensions."""
    if o.param == "curve":
        return 2 * curve_distance_m(p, truth, head, tile_m) / o.depth_tol_m
    x = param_terms(p, truth, head, tile_m, o)
    if o.param == "l2":
        return x.square().sum(-1)
    if o.param == "smooth_l1":
        return torch.where(x.abs() < 1, 0.5 * x.square(), x.abs() - 0.5).sum(-1)
    return x.abs().sum(-1)


def class_loss(logits, target, truths, o):
    """logits [B, Q, 3], target [B, Q] -> scalar; truths is the number of true sinusoids in the batch."""
    log_p = logits.log_softmax(-1).gather(-1, target[..., None])[..., 0]
    if o.class_ == "focal":
        weight = logits.new_tensor([o.alpha, o.alpha, 1 - o.alpha])[target]
        return (weight * (1 - log_p.exp()) ** o.gamma * -log_p).sum() / truths
    if o.class_ == "weighted_ce":
        weight = logits.new_tensor([1, 1, o.empty_weight])[target]
        return (weight * -log_p).sum() / weight.sum()
    return -log_p.mean()


# ---------------------------------------------------------------- matching

def cost_matrix(logits, p, truth, head, tile_m, o):
    """Cost of every query-truth pair of one image: logits [Q, 3], p [Q, 3], truth [n, 4] -> [Q, n]"""
    probability = logits.softmax(-1)[:, truth[:, 0].long()]
    if o.match == "curve":
        distance = curve_distance_m(p[:, None], truth[None, :, 1:], head, tile_m) / o.match_scale_m
    else:
        distance = param_loss(p[:, None], truth[None, :, 1:], head, tile_m, o)
    return -o.match_class * probability + distance.clamp(max=COST_CAP)


@torch.no_grad()
def match(logits, p, truth, head, tile_m, o):
    """Minimum-cost one-to-one assignment: query indices (ascending) and the truth of each."""
    if len(truth) == 0:
        return torch.empty(0, dtype=torch.long), torch.empty(0, dtype=torch.long)
    cost = cost_matrix(logits, p, truth, head, tile_m, o)
    return tuple(torch.as_tensor(i) for i in linear_sum_assignment(cost.numpy()))


# ---------------------------------------------------------------- criterion

def criterion(outputs, truths, head, tile_m, o):
    """outputs: (logits, params) per decoder layer; truths: [n, 4] per image.

    Returns the total, and per supervised layer a dict with the unweighted "class" and "param" losses and the "matches".
    """
    count = max(1, sum(len(t) for t in truths))
    total, parts = 0.0, []
    for logits, p in outputs if o.auxiliary else outputs[-1:]:
        matches = [match(logits[b], p[b], t, head, tile_m, o) for b, t in enumerate(truths)]
        target = torch.full(logits.shape[:2], EMPTY)
        param = p.new_zeros(())
        for b, (query, row) in enumerate(matches):
            target[b, query] = truths[b][row, 0].long()
            param = param + param_loss(p[b, query], truths[b][row, 1:], head, tile_m, o).sum() / count
        cls = class_loss(logits, target, count, o)
        total = total + o.class_weight * cls + o.param_weight * param
        parts.append({"class": cls, "param": param, "matches": matches})
    return total, parts
