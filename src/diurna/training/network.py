"""The network: a BERT encoder with a shape embedding, and one linear head whose columns ``diurna.parse.layout`` names."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from diurna.parse.layout import PLOVER_LAYOUT, Layout
from diurna.parse.tokens import SHAPES

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MPNET", "Network", "NetworkShape"]

PAD, CLS, SEP = 0, 101, 102  # of BERT's vocabulary
MARKS = {1: 1031, 2: 1033, 3: 1030, 4: 1030, 5: 1001, 6: 1001}  # the pieces whose vectors marks begin with: [ ] a trigger, @ an actor, # a recipient


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """Hold the sizes of the encoder; the defaults are all-MiniLM-L6-v2's."""

    vocabulary: int = 30522
    hidden: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    positions: int = 512
    eps: float = 1e-12
    distances: int = 0  # buckets of relative distance that bias the attention; none when 0


MPNET = NetworkShape(hidden=768, layers=12, inner=3072, eps=1e-5, distances=32)


class Layer(nn.Module):
    """One transformer layer, post-norm as in BERT (Devlin et al., 2019)."""

    def __init__(self, shape: NetworkShape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.size = shape.hidden // shape.heads
        self.query = nn.Linear(shape.hidden, shape.hidden)
        self.key = nn.Linear(shape.hidden, shape.hidden)
        self.value = nn.Linear(shape.hidden, shape.hidden)
        self.out = nn.Linear(shape.hidden, shape.hidden)
        self.norm1 = nn.LayerNorm(shape.hidden, eps=shape.eps)
        self.up = nn.Linear(shape.hidden, shape.inner)
        self.down = nn.Linear(shape.inner, shape.hidden)
        self.norm2 = nn.LayerNorm(shape.hidden, eps=shape.eps)
        self.dropout = nn.Dropout(dropout)

    def split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, self.size).transpose(1, 2)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        query, key, value = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = query @ key.transpose(-1, -2) * (self.size**-0.5) + bias
        mixed = self.dropout(scores.softmax(-1)) @ value
        mixed = mixed.transpose(1, 2).reshape(x.shape)
        x = self.norm1(x + self.dropout(self.out(mixed)))
        found: Tensor = self.norm2(x + self.dropout(self.down(nn.functional.gelu(self.up(x)))))
        return found


class Network(nn.Module):
    """Give a row of logits for every word piece, as many as the layout has columns (``WIDTH``).

    Args:
        shape: the encoder's sizes.
        dropout: share of activations dropped in training.
        layout: what the columns stand for.
    """

    def __init__(self, shape: NetworkShape | None = None, dropout: float = 0.1, layout: Layout = PLOVER_LAYOUT) -> None:
        super().__init__()
        self.layout = layout
        shape = shape or NetworkShape()
        self.shape = shape
        self.words = nn.Embedding(shape.vocabulary, shape.hidden)
        self.positions = nn.Embedding(shape.positions, shape.hidden)
        self.segment = nn.Parameter(torch.zeros(shape.hidden))
        self.case = nn.Embedding(len(SHAPES), shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.eps)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        if shape.distances:
            self.distances = nn.Embedding(shape.distances, shape.heads)
            self.register_buffer("buckets", distance_buckets(shape.positions, shape.distances), persistent=False)
        self.head = nn.Linear(shape.hidden, layout.width)
        nn.init.normal_(self.case.weight, std=0.02)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: Tensor, shapes: Tensor, mask: Tensor) -> Tensor:
        """Encode a batch. *Shape:* ``(batch, pieces)`` each → ``(batch, pieces, WIDTH)``."""
        place = torch.arange(ids.shape[1], device=ids.device)
        x = self.words(ids) + self.positions(place)[None] + self.segment + self.case(shapes)
        x = self.dropout(self.norm(x))
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -10000.0
        if self.shape.distances:
            apart = place[None, :] - place[:, None] + self.shape.positions - 1
            bias = bias + self.distances(self.buckets[apart]).permute(2, 0, 1)[None]
        for layer in self.layers:
            x = layer(x, bias)
        logits: Tensor = self.head(self.dropout(x))
        return logits

    def load_encoder(self, path: Path) -> None:
        """Load BERT weights as sentence-transformers saves them; the shape embedding and the head stay as initialised.

        Raises:
            KeyError: if a weight is missing.
        """
        old = {k.removeprefix("bert."): v.float() for k, v in load_file(path).items()}
        if self.shape.distances:
            self._load_mpnet(old)
            return
        new = {
            "words.weight": _with_marks(old["embeddings.word_embeddings.weight"]),
            "positions.weight": old["embeddings.position_embeddings.weight"],
            "segment": old["embeddings.token_type_embeddings.weight"][0],
            "norm.weight": old["embeddings.LayerNorm.weight"],
            "norm.bias": old["embeddings.LayerNorm.bias"],
        }
        names = {
            "query": "attention.self.query",
            "key": "attention.self.key",
            "value": "attention.self.value",
            "out": "attention.output.dense",
            "norm1": "attention.output.LayerNorm",
            "up": "intermediate.dense",
            "down": "output.dense",
            "norm2": "output.LayerNorm",
        }
        self._take(new, old, names, {"case.weight", "head.weight", "head.bias"})

    def _load_mpnet(self, old: dict[str, Tensor]) -> None:
        """Load MPNet weights, with the rows of the vocabulary put into BERT's order (the same words, four places on) and its first layers."""
        words = old["embeddings.word_embeddings.weight"]
        rows = torch.arange(self.shape.vocabulary) + 4
        rows[PAD], rows[CLS], rows[SEP] = 1, 0, 2
        new = {
            "words.weight": _with_marks(words[rows]),
            "positions.weight": old["embeddings.position_embeddings.weight"][2 : 2 + self.shape.positions],
            "norm.weight": old["embeddings.LayerNorm.weight"],
            "norm.bias": old["embeddings.LayerNorm.bias"],
            "distances.weight": old["encoder.relative_attention_bias.weight"],
        }
        names = {
            "query": "attention.attn.q",
            "key": "attention.attn.k",
            "value": "attention.attn.v",
            "out": "attention.attn.o",
            "norm1": "attention.LayerNorm",
            "up": "intermediate.dense",
            "down": "output.dense",
            "norm2": "output.LayerNorm",
        }
        self._take(new, old, names, {"case.weight", "head.weight", "head.bias", "segment"})

    def _take(self, new: dict[str, Tensor], old: dict[str, Tensor], names: dict[str, str], left: set[str]) -> None:
        """Load weights and those of the layers by their names; ``left`` may stay as initialised."""
        for i in range(self.shape.layers):
            for ours, theirs in names.items():
                for part in ("weight", "bias"):
                    new[f"layers.{i}.{ours}.{part}"] = old[f"encoder.layer.{i}.{theirs}.{part}"]
        missing = self.load_state_dict(new, strict=False).missing_keys
        if set(missing) - left:
            raise KeyError(missing)


def _with_marks(words: Tensor) -> Tensor:
    """Let marks begin as signs that the encoder has seen. *Shape:* ``(vocabulary, hidden)``."""
    words = words.clone()
    words[list(MARKS)] = words[list(MARKS.values())]
    return words


def distance_buckets(positions: int, buckets: int, farthest: int = 128) -> Tensor:
    """Number the bucket of each relative distance from ``1 - positions`` to ``positions - 1`` (Raffel et al., 2020, as MPNet uses it).

    Returns:
        Bucket numbers. *Shape:* ``(2 * positions - 1,)``.
    """
    apart = torch.arange(1 - positions, positions)
    half = buckets // 2
    exact = half // 2
    found = (apart > 0).long() * half
    far = apart.abs()
    scaled = exact + (torch.log(far.clamp(min=1) / exact) / math.log(farthest / exact) * (half - exact)).long()
    return found + torch.where(far < exact, far, scaled.clamp(max=half - 1))
