"""Leave modules that need torch out of the doctests where the training extra is not installed."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") else [f"src/diurna/training/{name}.py" for name in ("calibrate", "export", "finetune", "network", "restore", "train")]
