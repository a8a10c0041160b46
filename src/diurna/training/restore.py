"""Take a model that ships in int8 back into a network that can learn, and give it a head for another ontology."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from diurna.errors import ModelError
from diurna.parse.layout import PLOVER_LAYOUT, layout_of
from diurna.training.network import Network, NetworkShape

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from numpy.typing import NDArray
    from torch import Tensor

    from diurna.ontology import Ontology
    from diurna.parse.model import Model

__all__ = ["fitted", "network_of"]

Array = np.ndarray[Any, np.dtype[Any]]
_RARE = -3.0  # bias of a context that nobody taught yet: about one in twenty
_CLOSE = 0.35  # mean difference of a logit that the rounding of activations in int8 may explain; a network put together wrongly differs by whole units
_PLAIN = {"words", "positions", "segment", "case", "distances"}
_LINEAR = {"query", "key", "value", "out", "up", "down", "head"}
_SAMPLE = ("The foreign ministers of Chad and Niger met in Paris on Monday.", "Police said 12 people were arrested.")


def network_of(model: Model) -> Network:
    """Rebuild the network that a model was exported from; its weights are those of the int8 file, as floats.

    Args:
        model: a model as ``diurna.training.export`` writes them.

    Raises:
        ModelError: D303 if the file holds no such network.
    """
    where = str(model.source)
    try:
        weights, shape = _read(model.source / "model.onnx")
        network = Network(shape, layout=model.layout)
        network.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in weights.items()})
    except (KeyError, IndexError, RuntimeError, ValueError) as error:
        raise ModelError("D303", f"the model cannot be trained further ({error}); give one that diurna made", where) from error
    network.eval()
    apart = _apart(model, network)
    if apart > _CLOSE:
        raise ModelError("D303", f"the model cannot be trained further: rebuilt, its logits differ by {apart:.2f} on average", where)
    return network


def _apart(model: Model, network: Network) -> float:
    """Give the mean absolute difference of the rebuilt network's logits."""
    from diurna.parse.tokens import pad

    arrays = pad(model.cut(_SAMPLE))
    with torch.inference_mode():
        ours = network(*(torch.from_numpy(a) for a in arrays)).numpy()
    told = arrays[2].astype(bool)
    return float(np.abs(ours[told] - model.run(*arrays)[told]).mean())


def _read(file: Traversable) -> tuple[dict[str, Array], NetworkShape]:
    """Read the weights under the network's own names, and the sizes of the encoder."""
    graph = onnx.load_from_string(file.read_bytes()).graph
    stored = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    found: dict[str, Array] = {}
    for name, array in stored.items():
        if name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            found[stem] = _floats(array, stored[f"{stem}_scale"], stored[f"{stem}_zero_point"])
        elif not name.endswith(("_scale", "_zero_point")):
            found[name] = array
    found |= {n.output[0]: found[n.input[0]] for n in graph.node if n.op_type == "Identity" and n.input[0] in found}  # the same numbers twice
    own = {name: array for name, array in found.items() if name.split(".")[0] in _PLAIN}
    for node in graph.node:  # other weights may stand under a number, or two alike under one name; the node's name tells whose they are
        layer = re.sub(r"/(MatMul(_quant)?|Add|LayerNormalization)$", "", node.name).strip("/").replace("/", ".")
        arrays = [found[stem] for name in node.input if (stem := name.removesuffix("_quantized")) in found]
        if node.op_type in {"MatMul", "MatMulInteger"} and arrays:
            own[f"{layer}.weight"] = arrays[0].T
        elif node.op_type == "LayerNormalization":
            own[f"{layer}.weight"], own[f"{layer}.bias"] = arrays
        elif node.op_type == "Add" and layer.rpartition(".")[2] in _LINEAR and arrays:
            own[f"{layer}.bias"] = arrays[0]
    return {name: array.astype(np.float32) for name, array in own.items()}, _shape(graph, own)


def _floats(array: Array, scale: Array, zero: Array) -> NDArray[np.float32]:
    """Undo the quantisation: ``(q - zero) * scale``, one scale for the whole or one for each column."""
    return ((array.astype(np.float32) - zero.astype(np.float32)) * scale).astype(np.float32)


def _shape(graph: Any, weights: dict[str, Array]) -> NetworkShape:  # noqa: ANN401 - onnx has no types
    constants = {n.output[0]: numpy_helper.to_array(n.attribute[0].t) for n in graph.node if n.op_type == "Constant"}
    nodes = {n.name: n for n in graph.node}
    sizes = nodes[nodes["/layers.0/Reshape"].input[1].removesuffix("_output_0")].input
    heads = int(constants[sizes[2]].item())
    eps = next(a.f for a in nodes["/norm/LayerNormalization"].attribute if a.name == "epsilon")
    vocabulary, hidden = weights["words.weight"].shape
    layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("layers."))
    distances = weights["distances.weight"].shape[0] if "distances.weight" in weights else 0
    return NetworkShape(vocabulary, hidden, layers, heads, weights["layers.0.up.weight"].shape[0], weights["positions.weight"].shape[0], eps, distances)


def fitted(network: Network, ontology: Ontology) -> Network:
    """Give a network a head for another ontology; what both have in common stays.

    A type or mode starts from the weights of the PLOVER code that it is ``like``; one that is like none from the mean of all, as some act.

    Args:
        network: any network; it is left as it is.
        ontology: what the new head shall tell apart.
    """
    old, new = network.layout, layout_of(ontology)
    made = Network(network.shape, network.dropout.p, new)
    body = {name: value for name, value in network.state_dict().items() if not name.startswith("head.")}
    made.load_state_dict(body, strict=False)
    like = {t.name: t.like.partition("/")[0] for t in ontology.types.values()}
    like |= {f"{t.name}/{m.name}": m.like for t in ontology.types.values() for m in t.modes.values()}
    with torch.no_grad():
        for group, labels in new.labels.items():
            rows, before = new.columns[group], old.columns[group]
            known = old.labels[group]
            if group.startswith("relation") or group in {"type", "mode"}:
                acts = [i for i, label in enumerate(known) if label not in {"NONE", "-"}]
                sources = [_source(label, known, like if old == PLOVER_LAYOUT else {}) for label in labels]
                for part in (made.head.weight, made.head.bias):
                    part[rows] = _copied(_part(network, part is made.head.weight)[before], sources, acts)
            else:
                for i, label in enumerate(labels):
                    if label in known:
                        made.head.weight[rows.start + i] = network.head.weight[before.start + known.index(label)]
                        made.head.bias[rows.start + i] = network.head.bias[before.start + known.index(label)]
                    else:
                        made.head.weight[rows.start + i] = 0.0
                        made.head.bias[rows.start + i] = _RARE
    made.eval()
    return made


def _part(network: Network, weight: bool) -> Tensor:
    return network.head.weight if weight else network.head.bias


def _source(label: str, known: tuple[str, ...], like: dict[str, str]) -> int | None:
    """Find the column that a label starts from: its own, else that of what it is like."""
    for name in (label, like.get(label) or ""):
        if name in known:
            return known.index(name)
    return None


def _copied(old: Tensor, sources: list[int | None], acts: list[int]) -> Tensor:
    mean = old[acts].mean(0)
    return torch.stack([old[i] if i is not None else mean for i in sources])
