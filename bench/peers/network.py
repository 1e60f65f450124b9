"""The network of internal/model in PyTorch, written so that PyTorch and ONNX Runtime are fast: the oracle of the golden tests with
constant position features and explicit matrix products in place of einsum."""
import functools
import json
import math
import pathlib
import struct
import sys

import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "internal" / "model" / "testdata"))

import oracle  # noqa: E402

oracle.Grid = functools.lru_cache(None)(oracle.Grid)     # constant for a size: not to be computed in every pass

BATCH = 16
STEPS = 3       # of training, before the losses are compared


def heads(x, n):
    """[B, N, d] -> [B, h, N, dh]"""
    return x.reshape(x.shape[0], x.shape[1], n, -1).transpose(1, 2)


def attention(self, q, k, v):
    q, k, v = heads(self.q(q), self.heads), heads(self.k(k), self.heads), heads(self.v(v), self.heads)
    a = (q * (1 / math.sqrt(q.shape[-1])) @ k.transpose(-1, -2)).softmax(-1)
    return self.out((a @ v).transpose(1, 2).flatten(2))


def column_attention(self, q, k, v, dz_m, grid):
    """As oracle.ColumnAttention.forward, with products over [B, Wf, h] and the softmax on contiguous rows."""
    n, d = q.shape[1:]
    shape = (k.shape[0], grid.hf, grid.wf, self.heads, d // self.heads)           # the first queries are the same for all images
    qh = heads(self.q(q), self.heads)[:, None] * (1 / math.sqrt(shape[-1]))       # B,1,h,Q,dh
    kh = self.k(k).reshape(shape).permute(0, 2, 3, 4, 1)                          # B,Wf,h,dh,Hf
    vh = self.v(v).reshape(shape).permute(0, 2, 3, 1, 4)                          # B,Wf,h,Hf,dh
    dz = dz_m.reshape(dz_m.shape[0], n, grid.hf, grid.wf).permute(0, 3, 1, 2)[:, :, None]     # B,Wf,1,Q,Hf
    penalty = (0.5 * torch.exp(-2 * self.log_sigma))[:, None, None]
    a = (qh @ kh - dz.square() * penalty).softmax(-1)                             # B,Wf,h,Q,Hf
    features = (a @ vh).permute(0, 3, 1, 2, 4).flatten(3)                         # B,Q,Wf,d
    moments = (a * dz).sum(-1).permute(0, 3, 1, 2)                                # B,Q,Wf,h
    hidden = self.offset["in"](torch.cat([features, moments * self.MOMENT_SCALE], -1))
    dw = self.offset["out"](F.relu(hidden + self.offset["query"](q)[:, :, None])) * self.OFFSET_SCALE
    return self.out(self._harmonics(features, grid)), self._harmonics(dw, grid)


oracle.Attention.forward = attention
oracle.ColumnAttention.forward = column_attention


class Network(oracle.Network):
    """Returns all outputs side by side, [B, Q, 6 * decoders]: logits and parameters, layer by layer."""

    def forward(self, x):
        return torch.cat([t for layer in super().forward(x) for t in layer], -1)


def build(name):
    """The network of networks.json with random parameters and running statistics, the same in every process."""
    torch.manual_seed(1)
    net = Network(oracle.Options(**json.loads((HERE / "networks.json").read_text())[name]["options"]))
    for m in net.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.running_mean.normal_(0, 0.1)
            m.running_var.uniform_(0.5, 1.5)
            m.weight.data.uniform_(0.5, 1.5)
            m.bias.data.normal_(0, 0.1)
    if hasattr(net.query, "anchor"):
        net.query.anchor.data[:, 0].uniform_(0, 1)
        net.query.anchor.data[:, 1:].normal_(0, 0.5)
    return net.eval()


def inputs(name):
    """A batch of tiles and what its outputs are trained towards."""
    o = build(name).options
    g = torch.Generator().manual_seed(2)
    x = torch.randn(BATCH, o.channels, o.rows, o.columns, generator=g)
    target = torch.rand(BATCH, o.queries, 6 * o.decoders, generator=g)
    return x, target


def write_safetensors(path, tensors):
    header, blobs, at = {}, [], 0
    for name, t in tensors.items():
        raw = t.detach().contiguous().float().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + len(raw)]}
        blobs.append(raw)
        at += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
