#!/usr/bin/env python3
"""Writes assign.json: cost matrices with the optimal totals of scipy.optimize.linear_sum_assignment.

Run in this folder: python3 gen.py   (needs numpy and scipy)
"""
import json

import numpy as np
from scipy.optimize import linear_sum_assignment

rng = np.random.default_rng(20240501)
cases = []


def add(name, cost):
    cost = np.asarray(cost, dtype=float)
    i, j = linear_sum_assignment(cost)
    cases.append(dict(name=name, rows=cost.shape[0], cols=cost.shape[1], cost=cost.ravel().tolist(),
                      pairs=len(i), total=float(cost[i, j].sum())))


add("empty", np.zeros((0, 0)))
add("no rows", np.zeros((0, 3)))
add("no columns", np.zeros((3, 0)))
add("single", [[-2.5]])
add("one row", rng.normal(size=(1, 7)))
add("one column", rng.normal(size=(7, 1)))
add("constant", np.full((6, 6), 3.25))
add("constant wide", np.full((3, 8), -1.0))
add("zeros tall", np.zeros((8, 3)))
add("scipy manual", [[4, 1, 3], [2, 0, 5], [3, 2, 2]])
add("greedy fails", [[1, 2], [2, 100]])
add("product, the worst case of shortest paths", np.outer(np.arange(1, 16), np.arange(1, 16)))
for k in range(12):
    r, c = rng.integers(2, 14, size=2)
    add(f"uniform {k}", rng.uniform(size=(r, c)))
for k in range(8):
    r, c = rng.integers(2, 14, size=2)
    add(f"ties {k}", rng.integers(0, 3, size=(r, c)))
for k in range(6):
    r, c = rng.integers(2, 12, size=2)
    add(f"negative {k}", rng.normal(size=(r, c)) * 100 - 50)
for k in range(6):
    r, c = rng.integers(2, 12, size=2)
    add(f"huge range {k}", rng.choice([-1, 1], size=(r, c)) * 10.0 ** rng.uniform(-9, 9, size=(r, c)))
add("24 queries, 5 truths", rng.normal(size=(24, 5)))
add("5 truths, 48 queries", rng.normal(size=(5, 48)))
add("square 30", rng.uniform(size=(30, 30)))

with open("assign.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
