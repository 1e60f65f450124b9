"""Writes golden.json: the five losses and their gradients by PyTorch's autograd, in float64.

The definitions are those that their authors published: lovasz_grad and lovasz_hinge_flat are the code of M. Berman (LovaszSoftmax, MIT
licence), sigmoid_focal_loss that of torchvision.ops, Dice and Tversky the formulas of their papers, cross-entropy that of PyTorch.

To regenerate (Debian: python3-torch 1.13):  python3 gen.py
"""
import json
import pathlib

import torch
import torch.nn.functional as F


def lovasz_grad(gt_sorted):
    p = len(gt_sorted)
    gts = gt_sorted.sum()
    intersection = gts - gt_sorted.cumsum(0)
    union = gts + (1 - gt_sorted).cumsum(0)
    jaccard = 1. - intersection / union
    if p > 1:
        jaccard[1:p] = jaccard[1:p] - jaccard[0:-1]
    return jaccard


def lovasz_hinge_flat(logits, labels):
    signs = 2. * labels - 1.
    errors = 1. - logits * signs
    errors_sorted, perm = torch.sort(errors, dim=0, descending=True)
    grad = lovasz_grad(labels[perm])
    return torch.dot(F.relu(errors_sorted), grad)


def sigmoid_focal_loss(inputs, targets, alpha, gamma):
    p = torch.sigmoid(inputs)
    ce = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    p_t = p * targets + (1 - p) * (1 - targets)
    loss = ce * ((1 - p_t) ** gamma)
    alpha_t = alpha * targets + (1 - alpha) * (1 - targets)
    return (alpha_t * loss).mean()


def dice(z, t):
    p = torch.sigmoid(z)
    return 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)


def tversky(z, t, a, b):
    p = torch.sigmoid(z)
    tp, fp, fn = (p * t).sum(), (p * (1 - t)).sum(), ((1 - p) * t).sum()
    return 1 - (tp + 0.5) / (tp + a * fp + b * fn + 0.5)


LOSSES = {
    "ce": lambda z, t: F.binary_cross_entropy_with_logits(z, t),
    "focal": lambda z, t: sigmoid_focal_loss(z, t, 0.25, 2.0),
    "dice": dice,
    "tversky": lambda z, t: tversky(z, t, 0.3, 0.7),
    "lovasz": lovasz_hinge_flat,
}


def main():
    torch.manual_seed(1)
    cases = []
    for name, n, share in [("mixed", 40, 0.3), ("rare", 60, 0.05), ("empty", 20, 0.0), ("full", 20, 1.0)]:
        z = (2 * torch.randn(n)).float().double()
        t = (torch.rand(n) < share).double()
        case = {"name": name, "z": z.tolist(), "t": t.tolist(), "losses": {}}
        for loss, f in LOSSES.items():
            x = z.clone().requires_grad_()
            value = f(x, t)
            value.backward()
            case["losses"][loss] = {"value": value.item(), "grad": x.grad.tolist()}
        cases.append(case)
    rounded = json.loads(json.dumps(cases), parse_float=lambda s: float(f"{float(s):.10g}"))
    pathlib.Path(__file__).with_name("golden.json").write_text(json.dumps(rounded) + "\n")


if __name__ == "__main__":
    main()
