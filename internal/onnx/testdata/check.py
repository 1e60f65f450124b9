"""Checks ONNX files as onnx.checker does, with shape inference, and prints what it finds of each. usage: check.py FILE..."""
import sys

import onnx
from onnx import shape_inference

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    # What is declared must be what follows from the nodes: without the declaration, inference has to find it.
    del model.graph.output[:]
    model.graph.output.extend(onnx.helper.make_tensor_value_info(o.name, onnx.TensorProto.FLOAT, None) for o in inferred.graph.output)
    free = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    for values, source in ((inferred.graph.output, "declared"), (free.graph.output, "inferred")):
        for v in values:
            print(source, v.name, *[d.dim_value or "batch" for d in v.type.tensor_type.shape.dim])
