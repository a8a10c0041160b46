"""Export the trained network: ONNX, weights in int8 (the head stays in float), checked against torch."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

if TYPE_CHECKING:
    from pathlib import Path

    from diurna.training.network import Network

__all__ = ["export"]


def export(network: Network, path: Path) -> float:
    """Write the network as int8 ONNX.

    Args:
        network: trained; it is put into evaluation mode.
        path: the ``.onnx`` file to write.

    Returns:
        The mean absolute difference of the int8 model's logits from torch's.
    """
    network.eval()
    network.float()
    full = path.with_suffix(".float.onnx")
    ids = torch.randint(1000, 20000, (2, 17))
    shapes, mask = torch.zeros_like(ids), torch.ones_like(ids)
    axes = {0: "batch", 1: "pieces"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (ids, shapes, mask),
            str(full),
            input_names=["ids", "shapes", "mask"],
            output_names=["logits"],
            dynamic_axes=dict.fromkeys(("ids", "shapes", "mask", "logits"), axes),
            opset_version=17,
            dynamo=False,
        )
    head = [n.name for n in onnx.load(full).graph.node if n.op_type in {"MatMul", "Gemm"} and "head" in n.name]
    logging.disable(logging.WARNING)  # onnxruntime advises on shapes that this graph does not need
    quantize_dynamic(
        full,
        path,
        weight_type=QuantType.QInt8,
        per_channel=True,
        nodes_to_exclude=head,
        op_types_to_quantize=["MatMul", "Gather"],
        extra_options={"MatMulConstBOnly": True},
    )
    logging.disable(logging.NOTSET)
    full.unlink()
    with torch.no_grad():
        expected = network(ids, shapes, mask).numpy()
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"ids": ids.numpy(), "shapes": shapes.numpy(), "mask": mask.numpy()})
    return float(np.abs(found - expected).mean())
