# Every command that CI and the README use. PYTHON may name another interpreter or a virtual environment's.
PYTHON ?= python3

.PHONY: install lint types corpus test gate bench check train demo

install:
	$(PYTHON) -m pip install -q -e '.[dev]'

lint:
	$(PYTHON) -m ruff check .

types:
	$(PYTHON) -m mypy

corpus:
	$(PYTHON) corpus/validate.py
	$(PYTHON) corpus/coverage.py

test:
	$(PYTHON) -m pytest

gate:
	$(PYTHON) eval/gate.py

bench:
	$(PYTHON) bench/speed.py

check: lint types corpus test gate bench

train:
	$(PYTHON) -m pip install -q -e '.[training]'
	$(PYTHON) -m training

demo:
	$(PYTHON) -m diurna.cli code examples/talks.txt --published 2019-02-12 --view
