"""Run the shipped network. The only module that imports onnxruntime."""

from __future__ import annotations

import json
import os
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from diurna.errors import KnowledgeError, ModelError
from diurna.ontology import PLOVER, Ontology
from diurna.ontology.own import ontology_from
from diurna.parse.layout import layout_of
from diurna.parse.tokens import Pieces, cut, pad

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    from numpy.typing import NDArray

__all__ = ["Model"]

_BATCH = 1800  # word pieces a batch, padding included: large enough to fill two cores, small enough to stay in cache


class Model:
    """Hold the network, its tokenizer and its card.

    Args:
        folder: where ``model.onnx``, ``tokenizer.json``, ``model.json`` and, for another ontology than PLOVER, ``ontology.toml`` lie; the
            packaged model when None.
        threads: cores to use; all when 0.

    Raises:
        ModelError: D301 if a file is missing or damaged, D302 if the model was made for another layout of columns.
    """

    def __init__(self, folder: Path | str | None = None, threads: int = 0) -> None:
        self.folder = Path(folder) if folder is not None else None
        self.threads = threads
        self._load()

    def _load(self) -> None:
        source = self.source
        try:
            self.card: dict[str, Any] = json.loads((source / "model.json").read_text("utf-8"))
            with as_file(source / "tokenizer.json") as path:
                self.tokenizer = Tokenizer.from_file(str(path))
            own = source / "ontology.toml"
            self.ontology: Ontology = ontology_from(own.read_text("utf-8"), str(own)) if own.is_file() else PLOVER
            self.layout = layout_of(self.ontology)
            with as_file(source / "model.onnx") as path:
                self.session = self._session(path)
        except (OSError, ValueError) as error:
            raise ModelError("D301", f"the model cannot be read ({error}); install diurna again, or give another folder", str(source)) from error
        except KnowledgeError as error:
            raise ModelError("D301", f"the model's ontology cannot be read ({error.message})", str(source)) from error
        if self.card.get("layout") != self.layout.hash() or "event_among" not in self.card:
            raise ModelError("D302", "the model was made for another version of Diurna; train it again, or use the packaged one", str(source))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def _session(self, path: Path) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads or os.cpu_count() or 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises classes of its own, without a common public base
            raise ModelError("D301", f"the model cannot be loaded ({error}); install diurna again", str(path)) from error

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "threads": self.threads}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.folder, self.threads = state["folder"], state["threads"]
        self._load()

    @property
    def source(self) -> Traversable:
        """Give the folder that the model was read from, the package's own included."""
        return self.folder or files("diurna") / "models"

    @property
    def name(self) -> str:
        """Name the model: its version as the card gives it."""
        return str(self.card["name"])

    def cut(self, sentences: Sequence[str]) -> list[Pieces]:
        """Cut sentences into word pieces."""
        return cut(self.tokenizer, sentences)

    def logits(self, inputs: Sequence[Pieces]) -> list[NDArray[np.float32]]:
        """Run the network.

        Args:
            inputs: sentences in word pieces.

        Returns:
            One array an input, in order. *Shape:* ``(pieces, WIDTH)``.
        """
        found: list[NDArray[np.float32]] = [np.empty((0, self.layout.width), np.float32)] * len(inputs)
        order = sorted(range(len(inputs)), key=lambda i: len(inputs[i].ids))
        low = 0
        while low < len(order):
            high = low + 1
            while high < len(order) and (high - low + 1) * len(inputs[order[high]].ids) <= _BATCH:
                high += 1
            ids, shapes, mask = pad([inputs[i] for i in order[low:high]])
            rows = self.run(ids, shapes, mask)
            for row, i in zip(rows, order[low:high], strict=True):
                found[i] = row[: len(inputs[i].ids)]
            low = high
        return found

    def run(self, ids: NDArray[np.int64], shapes: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """Run the network on one padded batch. *Shape:* ``(batch, pieces)`` each → ``(batch, pieces, WIDTH)``."""
        (rows,) = self.session.run(None, {"ids": ids, "shapes": shapes, "mask": mask})
        found: NDArray[np.float32] = rows
        return found


def layout_hash() -> str:
    """Hash the names of the output columns for PLOVER."""
    return layout_of(PLOVER).hash()
