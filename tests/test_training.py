"""Training says what it lacks."""

from __future__ import annotations

import subprocess
import sys

import pytest

from diurna.errors import ConfigError


def test_missing_libraries_are_named_with_the_command_that_brings_them(monkeypatch):
    import diurna.training

    monkeypatch.setattr(diurna.training, "find_spec", lambda name: None if name == "torch" else object())
    with pytest.raises(ConfigError, match=r"D103 training needs torch.*pip install 'diurna\[training\]'"):
        diurna.training.require()


def test_markup_and_examples_are_read_without_torch():
    program = "import sys; sys.modules['torch'] = None; import diurna.training.examples, diurna.training.markup, diurna.training.records"
    subprocess.run([sys.executable, "-c", program], check=True)
