"""The little of onnxruntime's Python interface that docs/onnx.md uses, by way of node: Debian has no onnxruntime for Python."""
import json
import pathlib
import subprocess
import tempfile
import types

import numpy as np
import onnx

RUN = pathlib.Path(__file__).resolve().parent.parent / "run.js"


class InferenceSession:
    def __init__(self, path, providers):
        self.path = path
        self.metadata = {p.key: p.value for p in onnx.load(path).metadata_props}

    def get_modelmeta(self):
        return types.SimpleNamespace(custom_metadata_map=self.metadata)

    def run(self, names, feeds):
        with tempfile.TemporaryDirectory() as folder:
            inputs, outputs = {}, {name: f"{folder}/{name}.out" for name in names}
            for name, x in feeds.items():
                x.astype("<f4").tofile(f"{folder}/{name}.in")
                inputs[name] = {"file": f"{folder}/{name}.in", "dims": list(x.shape)}
            job = json.dumps({"model": self.path, "inputs": inputs, "outputs": outputs})
            shapes = json.loads(subprocess.run(["node", str(RUN)], input=job, capture_output=True, text=True, check=True).stdout)
            return [np.fromfile(outputs[name], "<f4").reshape(shapes[name]) for name in names]
