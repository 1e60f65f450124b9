"""Writes what all peers share, for each network: NAME.safetensors (parameters, x, target, y = PyTorch's answer) and NAME.onnx.
usage: export.py FOLDER"""
import pathlib
import sys

import torch

import network

out = pathlib.Path(sys.argv[1])
for name in network.json.loads((network.HERE / "networks.json").read_text()):
    net, (x, target) = network.build(name), network.inputs(name)
    with torch.no_grad():
        y = net(x)
    state = {k: v for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    network.write_safetensors(out / f"{name}.safetensors", {**state, "x": x, "target": target, "y": y})
    torch.onnx.export(net, x[:1], str(out / f"{name}.onnx"), opset_version=14, input_names=["x"], output_names=["y"],
                      dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}})
    print(name, sum(p.numel() for p in net.parameters()), "parameters")
