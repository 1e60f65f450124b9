"""PyTorch as a peer: answers requests on standard input, see run.py. usage: peer_torch.py FOLDER THREADS eager|jit|nchw|channels_last"""
import json
import sys
import time

import torch

import network

threads, mode = int(sys.argv[2]), sys.argv[3]
torch.set_num_threads(threads)
prepared = {}


def forward(name, batch):
    net, (x, _) = network.build(name), network.inputs(name)
    x = x[:batch].contiguous()
    if mode == "jit":
        with torch.no_grad():
            net = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, x)))

    def run():
        with torch.inference_mode():
            return net(x)
    return run


def step(name, batch):
    net, (x, target) = network.build(name).train(), network.inputs(name)
    x, target = x[:batch].contiguous(), target[:batch].contiguous()
    if mode == "channels_last":
        net = net.to(memory_format=torch.channels_last)
        x = x.contiguous(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, betas=(0.9, 0.999), weight_decay=1e-4)

    def run():
        optimiser.zero_grad(set_to_none=True)
        loss = (net(x) - target).square().sum() / batch
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        return loss.detach()
    return run


for line in sys.stdin:
    q = json.loads(line)
    key = (q["network"], q["task"], q["batch"])
    if key not in prepared:
        prepared.clear()
        prepared[key] = (forward if q["task"] == "forward" else step)(q["network"], q["batch"])
    run = prepared[key]
    if q["do"] == "check":
        if q["task"] == "forward":
            answer = run().flatten().tolist()
        else:
            answer = [run().item() for _ in range(network.STEPS)]
    else:
        answer, start = [], time.perf_counter()
        while time.perf_counter() - start < q["seconds"] or len(answer) < 3:
            t = time.perf_counter()
            run()
            answer.append(1e3 * (time.perf_counter() - t))
    print(json.dumps(answer), flush=True)
