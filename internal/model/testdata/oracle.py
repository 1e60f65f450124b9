"""PyTorch reference of the GeoBFDT network: the oracle behind the golden files of internal/model.

Parameter names are those of the Go checkpoint. Shapes in comments: B images, C channels, H x W pixels, Hf x Wf tokens,
Q queries, d transformer width, h heads. Azimuth columns are centred at (j + 0.5) * 2 pi / W.
"""
import math
from dataclasses import dataclass, field
from typing import List

import torch
import torch.nn.functional as F
from torch import nn

RADIUS_M = 0.108          # the network works as if every hole were 8.5 in wide
SINES = 32                # frequencies of a position feature, pi .. 64 pi
HARMONICS = (1, 2, 3, 4)  # of the azimuth feature
SIGMA_M = (0.03, 0.08, 0.25, 1.0)   # initial widths of the column attention, one per head
BLOCKS = {"resnet10": (1, 1, 1, 1), "resnet18": (2, 2, 2, 2), "resnet34": (3, 4, 6, 3)}


@dataclass
class Options:
    """Same keys as model.Options in Go, and the input that tile.Options fixes there."""
    channels: int = 2
    rows: int = 64
    columns: int = 80
    row_m: float = 0.005
    backbone: str = "resnet10"
    widths: List[int] = field(default_factory=lambda: [32, 32, 32, 32])
    strides: List[List[int]] = field(default_factory=lambda: [[1, 1], [2, 2], [1, 2], [1, 1]])  # [depth, azimuth]
    wrap_azimuth: bool = True
    dim: int = 32
    heads: int = 4
    feed_forward: int = 64
    encoders: int = 2
    decoders: int = 2
    queries: int = 6
    decoder: str = "refine"
    offset_dim: int = 32

    @property
    def tile_m(self):
        return self.rows * self.row_m


# ---------------------------------------------------------------- backbone

def pad_azimuth(x, left, right):
    """The image is a cylinder: columns from the far side are copied to each border."""
    return torch.cat([x[..., x.shape[-1] - left:], x, x[..., :right]], -1)


class Conv(nn.Conv2d):
    """Convolution without bias, padding k//2: zeros in depth, wrapped (wrap) or zeros in azimuth."""

    def __init__(self, cin, cout, kernel, stride, wrap):
        border = kernel // 2
        super().__init__(cin, cout, kernel, stride, padding=(border, 0 if wrap else border), bias=False)
        self.border = border if wrap else 0

    def forward(self, x):
        return super().forward(pad_azimuth(x, self.border, self.border) if self.border else x)


def max_pool(x, wrap):
    """3x3 stride 2; columns 2j-1 .. 2j+1; -inf outside in depth, wrapped or -inf in azimuth."""
    if wrap:
        return F.max_pool2d(pad_azimuth(x, 1, 0), 3, 2, padding=(1, 0))
    return F.max_pool2d(x, 3, 2, padding=1)


class ConvNorm(nn.Module):
    def __init__(self, cin, cout, kernel, stride, wrap):
        super().__init__()
        self.conv = Conv(cin, cout, kernel, stride, wrap)
        self.bn = nn.BatchNorm2d(cout)

    def forward(self, x):
        return self.bn(self.conv(x))


class BasicBlock(nn.Module):
    def __init__(self, cin, cout, stride, wrap):
        super().__init__()
        self.conv1 = Conv(cin, cout, 3, stride, wrap)
        self.bn1 = nn.BatchNorm2d(cout)
        self.conv2 = Conv(cout, cout, 3, 1, wrap)
        self.bn2 = nn.BatchNorm2d(cout)
        self.down = ConvNorm(cin, cout, 1, stride, wrap) if cin != cout or stride != (1, 1) else None

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.down is None else self.down(x)))


class Backbone(nn.Module):
    """[B, C, H, W] -> [B, widths[3], Hf, Wf]"""

    def __init__(self, o):
        super().__init__()
        self.wrap = o.wrap_azimuth
        self.stem = ConvNorm(o.channels, o.widths[0], 7, 2, self.wrap)
        cin = o.widths[0]
        for i, (blocks, cout, stride) in enumerate(zip(BLOCKS[o.backbone], o.widths, o.strides), 1):
            stage = []
            for j in range(blocks):
                stage.append(BasicBlock(cin, cout, tuple(stride) if j == 0 else (1, 1), self.wrap))
                cin = cout
            setattr(self, f"stage{i}", nn.Sequential(*stage))

    def forward(self, x):
        x = max_pool(F.relu(self.stem(x)), self.wrap)
        return self.stage4(self.stage3(self.stage2(self.stage1(x))))


class Neck(nn.Module):
    """[B, C, Hf, Wf] -> [B, Hf*Wf, d], tokens row-major (depth, azimuth)"""

    def __init__(self, cin, dim):
        super().__init__()
        self.proj = nn.Linear(cin, dim)
        self.norm = nn.LayerNorm(dim)

    def forward(self, x):
        return self.norm(self.proj(x.flatten(2).transpose(1, 2)))


# ---------------------------------------------------------------- position

def sine(x, n=SINES, top=64.0):
    """[...] in about [0, 1] -> [..., 2n]: n sines, then n cosines, frequencies geometric from pi to top * pi."""
    frequency = torch.exp(torch.linspace(math.log(math.pi), math.log(math.pi * top), n, dtype=torch.float64)).to(x.dtype)
    angle = x[..., None] * frequency
    return torch.cat([angle.sin(), angle.cos()], -1)


class Grid:
    """Where the tokens lie. y [T] depth as a fraction of the tile, theta [T], column_theta [Wf], features [T, 72]."""

    def __init__(self, hf, wf, dtype):
        self.hf, self.wf = hf, wf
        y = (torch.arange(hf, dtype=torch.float64) + 0.5) / hf
        theta = (torch.arange(wf, dtype=torch.float64) + 0.5) * 2 * math.pi / wf
        y, angle = (t.reshape(-1) for t in torch.meshgrid(y, theta, indexing="ij"))
        azimuth = torch.stack([f(k * angle) for k in HARMONICS for f in (torch.sin, torch.cos)], -1)
        self.features = torch.cat([sine(y), azimuth], -1).to(dtype)
        self.y, self.cos, self.sin = y.to(dtype), angle.cos().to(dtype), angle.sin().to(dtype)
        self.column_cos, self.column_sin = theta.cos().to(dtype), theta.sin().to(dtype)


# ---------------------------------------------------------------- transformer

class MLP(nn.ModuleList):
    """Linear layers with ReLU between."""

    def __init__(self, *widths):
        super().__init__(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for i, layer in enumerate(self):
            x = layer(F.relu(x) if i else x)
        return x


class FeedForward(nn.ModuleDict):
    def __init__(self, dim, hidden):
        super().__init__({"in": nn.Linear(dim, hidden), "out": nn.Linear(hidden, dim)})

    def forward(self, x):
        return self["out"](F.relu(self["in"](x)))


class Attention(nn.Module):
    """Multi-head attention: q [B, N, d], k and v [B, T, d] -> [B, N, d]"""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(dim, dim) for _ in range(4))

    def forward(self, q, k, v):
        q, k, v = (w(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
                   for w, x in ((self.q, q), (self.k, k), (self.v, v)))           # B,h,N|T,dh
        a = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).softmax(-1)
        return self.out((a @ v).transpose(1, 2).flatten(2))


class ColumnAttention(nn.Module):
    """Attention along depth, separately in each azimuth column, near the query's current sinusoid.

    q [B, Q, d], k and v [B, T, d], dz_m [B, Q, T] token depth minus sinusoid at its azimuth
    -> update [B, Q, d] and the offset (dd, da, db) of the sinusoid in metres [B, Q, 3]
    """
    MOMENT_SCALE = 5.0    # brings metres to about 1
    OFFSET_SCALE = 0.2    # metres per unit of the offset MLP

    def __init__(self, dim, heads, offset_dim):
        super().__init__()
        if heads > len(SIGMA_M):
            raise ValueError(f"the oracle knows initial widths for {len(SIGMA_M)} heads, not {heads}")
        self.heads = heads
        self.q, self.k, self.v = (nn.Linear(dim, dim) for _ in range(3))
        self.out = nn.Linear(3 * dim, dim)
        self.log_sigma = nn.Parameter(torch.tensor(SIGMA_M[:heads]).log())
        self.offset = nn.ModuleDict({"in": nn.Linear(dim + heads, offset_dim), "query": nn.Linear(dim, offset_dim),
                                     "out": nn.Linear(offset_dim, 1)})

    def forward(self, q, k, v, dz_m, grid):
        shape = (grid.hf, grid.wf, self.heads, -1)
        qh = self.q(q).unflatten(-1, (self.heads, -1))                            # B,Q,h,dh
        kh = self.k(k).unflatten(-1, (self.heads, -1)).unflatten(1, shape[:2])    # B,Hf,Wf,h,dh
        vh = self.v(v).unflatten(-1, (self.heads, -1)).unflatten(1, shape[:2])
        dz = dz_m.unflatten(-1, shape[:2])                                        # B,Q,Hf,Wf
        penalty = 0.5 * torch.exp(-2 * self.log_sigma)
        logits = torch.einsum("bqne,bywne->bqwny", qh, kh) / math.sqrt(qh.shape[-1])
        logits = logits - dz.square().transpose(2, 3)[:, :, :, None] * penalty[:, None]
        a = logits.softmax(-1)                                                    # B,Q,Wf,h,Hf
        features = torch.einsum("bqwny,bywne->bqwne", a, vh).flatten(3)           # B,Q,Wf,d
        moments = torch.einsum("bqwny,bqyw->bqwn", a, dz)                         # B,Q,Wf,h
        hidden = self.offset["in"](torch.cat([features, moments * self.MOMENT_SCALE], -1))
        hidden = hidden + self.offset["query"](q)[:, :, None]
        dw = self.offset["out"](F.relu(hidden)) * self.OFFSET_SCALE               # B,Q,Wf,1
        return self.out(self._harmonics(features, grid)), self._harmonics(dw, grid)

    @staticmethod
    def _harmonics(x, grid):
        """Mean and first harmonic over the columns: [B, Q, Wf, n] -> [B, Q, 3n]"""
        cos, sin = grid.column_cos[:, None], grid.column_sin[:, None]
        return torch.cat([x.mean(2), 2 * (x * cos).mean(2), 2 * (x * sin).mean(2)], -1)


class EncoderLayer(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.attn = Attention(o.dim, o.heads)
        self.norm1, self.norm2 = nn.LayerNorm(o.dim), nn.LayerNorm(o.dim)
        self.ffn = FeedForward(o.dim, o.feed_forward)

    def forward(self, x, pos):
        y = self.norm1(x)
        x = x + self.attn(y + pos, y + pos, y)
        return x + self.ffn(self.norm2(x))


class DecoderLayer(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.self = Attention(o.dim, o.heads)
        if o.decoder == "refine":
            self.cross = ColumnAttention(o.dim, o.heads, o.offset_dim)
        else:
            self.cross = Attention(o.dim, o.heads)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(o.dim) for _ in range(3))
        self.ffn = FeedForward(o.dim, o.feed_forward)

    def forward(self, t, qp, memory, pos, dz_m=None, grid=None):
        """Returns the new queries [B, Q, d] and, with dz_m, the offset in metres [B, Q, 3]."""
        y = self.norm1(t)
        t = t + self.self(y + qp, y + qp, y)
        y = self.norm2(t)
        if dz_m is None:
            update, offset_m = self.cross(y + qp, memory + pos, memory), None
        else:
            update, offset_m = self.cross(y + qp, memory + pos, memory, dz_m, grid)
        t = t + update
        return t + self.ffn(self.norm3(t)), offset_m


class Layers(nn.Module):
    """Numbered layers and a final norm under one name: encoder.0, encoder.1, ..., encoder.norm."""

    def __init__(self, layers, dim):
        super().__init__()
        self.count = len(layers)
        for i, layer in enumerate(layers):
            self.add_module(str(i), layer)
        self.norm = nn.LayerNorm(dim)

    def __iter__(self):
        return (getattr(self, str(i)) for i in range(self.count))


class Queries(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.content = nn.Parameter(torch.randn(o.queries, o.dim))
        if o.decoder == "refine":
            self.anchor = nn.Parameter(torch.zeros(o.queries, 3))
            self.mlp = MLP(2 * SINES + 2, o.dim, o.dim)
        else:
            self.position = nn.Parameter(torch.randn(o.queries, o.dim))


class Network(nn.Module):
    """x [B, C, H, W] -> one (logits [B, Q, 3], params [B, Q, 3]) per decoder layer.

    params: refine (depth / tile_m, tan(dip) cos az, tan(dip) sin az); plain (depth / tile_m, dip / 90 deg, azimuth / 360 deg).
    """

    def __init__(self, o):
        super().__init__()
        self.options = o
        self.backbone = Backbone(o)
        self.neck = Neck(o.widths[-1], o.dim)
        self.position = nn.Linear(2 * SINES + 2 * len(HARMONICS), o.dim)
        self.encoder = Layers([EncoderLayer(o) for _ in range(o.encoders)], o.dim)
        self.decoder = Layers([DecoderLayer(o) for _ in range(o.decoders)], o.dim)
        self.query = Queries(o)
        self.head = nn.ModuleDict({"class": nn.Linear(o.dim, 3), "param": MLP(o.dim, o.dim, o.dim, 3)})

    def forward(self, x):
        features = self.backbone(x)
        grid = Grid(*features.shape[2:], x.dtype)
        memory, pos = self.neck(features), self.position(grid.features)
        if self.options.decoder == "refine":
            memory = memory + pos     # circular convolutions carry no azimuth: it must reach the values
        for layer in self.encoder:
            memory = layer(memory, pos)
        memory = self.encoder.norm(memory)
        content = self.query.content.expand(len(x), -1, -1)
        decode = self._refine if self.options.decoder == "refine" else self._plain
        return decode(content, memory, pos, grid)

    def _plain(self, t, memory, pos, grid):
        outputs = []
        for layer in self.decoder:
            t, _ = layer(t, self.query.position, memory, pos)
            logits, delta = self._heads(t)
            outputs.append((logits, delta.sigmoid()))
        return outputs

    def _refine(self, t, memory, pos, grid):
        tile_m = self.options.tile_m
        delta_scale = t.new_tensor([0.25, 1, 1])
        offset_scale = t.new_tensor([1 / tile_m, 1 / RADIUS_M, 1 / RADIUS_M])
        p, outputs = self.query.anchor.expand(len(t), -1, -1), []
        for layer in self.decoder:
            fixed = p.detach()
            qp = self.query.mlp(torch.cat([sine(fixed[..., 0]), fixed[..., 1:].atan()], -1))
            d, vx, vy = fixed[..., None].unbind(2)                                # B,Q,1 each
            dz_m = (grid.y - d) * tile_m - RADIUS_M * (vx * grid.cos + vy * grid.sin)
            t, offset_m = layer(t, qp, memory, pos, dz_m, grid)
            logits, delta = self._heads(t)
            p = p + delta * delta_scale + offset_m * offset_scale
            outputs.append((logits, p))
            p = p.detach()
        return outputs

    def _heads(self, t):
        h = self.decoder.norm(t)
        return self.head["class"](h), self.head["param"](h)
