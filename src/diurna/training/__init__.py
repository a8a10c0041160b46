"""Train the network: annotated stories in, a model folder out. Torch is imported here only, and is an extra (``pip install 'diurna[training]'``).

The corpus's markup, its examples and its split need no torch; the network, its training and its export do.
"""

from __future__ import annotations

from importlib.util import find_spec

from diurna.errors import ConfigError

__all__ = ["require"]

_NEEDED = ("torch", "onnx", "safetensors", "sklearn")


def require() -> None:
    """Check that the libraries that training needs are there, before anything is read.

    Raises:
        ConfigError: D103 if one is missing.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise ConfigError("D103", f"training needs {', '.join(missing)}, which this installation lacks; run: pip install 'diurna[training]'")
