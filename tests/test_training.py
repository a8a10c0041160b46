"""Training of one's own: what it lacks is named, what ships can be taken up, and a run that is cut off goes on as if it had not been."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from diurna.cli import app
from diurna.errors import ConfigError, InputError, ModelError
from diurna.ontology.own import read_ontology
from diurna.records import Event, Story

LAND = Path(__file__).resolve().parent.parent / "examples/land"


@pytest.fixture(scope="module")
def gold(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("gold") / "land.jsonl"
    result = CliRunner().invoke(app, ["annotate", "--compile", str(LAND / "land.txt"), "--ontology", str(LAND / "land.toml"), "-o", str(out)])
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Make a model of one narrow layer that knows nothing, in the form that ships."""
    pytest.importorskip("torch")
    import torch

    from diurna.parse.model import Model
    from diurna.training.export import export
    from diurna.training.network import Network, NetworkShape

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("small")
    network = Network(NetworkShape(hidden=32, layers=2, heads=4, inner=64, positions=256))
    export(network, folder / "model.onnx")
    packaged = Model()
    (folder / "tokenizer.json").write_bytes((packaged.source / "tokenizer.json").read_bytes())
    (folder / "model.json").write_text(json.dumps(packaged.card | {"name": "small"}))
    return folder, network


def test_missing_libraries_are_named_with_the_command_that_brings_them(monkeypatch):
    import diurna.training

    monkeypatch.setattr(diurna.training, "find_spec", lambda name: None if name == "torch" else object())
    with pytest.raises(ConfigError, match=r"D103 training needs torch.*pip install 'diurna\[training\]'"):
        diurna.training.require()


def test_markup_and_examples_are_read_without_torch():
    program = "import sys; sys.modules['torch'] = None; import diurna.training.gold, diurna.training.marking, diurna.training.records, diurna.cli"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_model_is_rebuilt_as_it_was_exported(small):
    from diurna.parse.model import Model
    from diurna.training.restore import network_of

    folder, network = small
    again = network_of(Model(folder))
    assert again.shape == replace(network.shape, eps=again.shape.eps)
    ours, theirs = network.state_dict(), again.state_dict()
    assert ours.keys() == theirs.keys()
    for name, weight in ours.items():
        step = float(weight.abs().max()) / 127  # of an int8 weight
        assert float((weight - theirs[name]).abs().max()) <= step, name


def test_a_file_of_another_making_is_refused(small, tmp_path):
    import onnx

    from diurna.parse.model import Model
    from diurna.training.restore import network_of

    folder, _ = small
    model = Model(folder)
    graph = onnx.load(folder / "model.onnx")
    for node in graph.graph.node:
        node.name = node.name.replace("query", "q")
    onnx.save(graph, tmp_path / "model.onnx")
    model.folder = tmp_path
    with pytest.raises(ModelError, match="D303"):
        network_of(model)


def test_a_new_head_starts_from_what_its_types_are_like(small):
    from diurna.parse import layout
    from diurna.parse.model import Model
    from diurna.training.restore import fitted, network_of

    network = network_of(Model(small[0]))
    own = read_ontology(LAND / "land.toml")
    new = fitted(network, own)
    old, here = layout.COLUMNS, new.layout.columns
    weight = {"old": network.head.weight.detach().numpy(), "new": new.head.weight.detach().numpy()}

    def row(which: str, columns: dict[str, slice], group: str, labels: tuple[str, ...], label: str) -> np.ndarray:
        return weight[which][columns[group].start + labels.index(label)]

    for group in ("type", "relation_actor"):
        assert np.array_equal(row("new", here, group, new.layout.types, "OCCUPY"), row("old", old, group, layout.TYPE_LABELS, "COERCE"))
    assert np.array_equal(row("new", here, "type", new.layout.types, "NONE"), row("old", old, "type", layout.TYPE_LABELS, "NONE"))
    assert np.array_equal(row("new", here, "mode", new.layout.modes, "EVICT/demolish"), row("old", old, "mode", layout.MODE_LABELS, "ASSAULT/destroy"))
    assert np.array_equal(weight["new"][here["role"]], weight["old"][old["role"]])


def run_of(gold, small, folder, stop_after="", **more):
    """Train the small model for some epochs, and give up at a line that holds certain words."""
    from diurna.parse.model import Model
    from diurna.training.finetune import Tuning, fine_tune
    from diurna.training.gold import gold_of

    class StopError(Exception):
        pass

    lines = []

    def say(line: str) -> None:
        lines.append(line)
        if stop_after and stop_after in line:
            raise StopError

    own = read_ontology(LAND / "land.toml")
    tuning = Tuning(**({"epochs": 2, "patience": 2, "rate": 1e-3, "head_rate": 3e-3} | more.pop("tuning", {})))
    try:
        return fine_tune(gold_of([gold], own), own, folder, Model(small[0]), tuning, say=say, **more), lines
    except StopError:
        return None, lines


@pytest.fixture(scope="module")
def tuned(gold, small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuned") / "mine"
    return *run_of(gold, small, folder), folder


def test_a_run_that_is_cut_off_goes_on_as_if_it_had_not_been(gold, small, tuned, tmp_path):
    whole, lines, folder = tuned
    stopped, _ = run_of(gold, small, tmp_path / "mine", stop_after="epoch 1:")
    assert stopped is None
    assert (tmp_path / "mine/checkpoint.pt").exists()
    again, rest = run_of(gold, small, tmp_path / "mine", resume=True)
    assert not (tmp_path / "mine/checkpoint.pt").exists()
    assert again is not None
    assert (again.epochs, again.best_epoch, again.before, again.after) == (whole.epochs, whole.best_epoch, whole.before, whole.after)
    losses = [line.partition("loss")[2] for line in lines if line.startswith("epoch")]
    assert losses[1:] == [line.partition("loss")[2] for line in rest if line.startswith("epoch")]
    assert (folder / "model.onnx").read_bytes() == (tmp_path / "mine/model.onnx").read_bytes()


def test_training_brings_the_loss_down_and_the_folder_carries_all(tuned):
    whole, lines, folder = tuned
    losses = [float(line.partition("stories ")[2].split(";")[0]) for line in lines if line.startswith("epoch")]
    assert losses[-1] < losses[0]
    assert sorted(p.name for p in folder.iterdir()) == ["model.json", "model.onnx", "ontology.toml", "tokenizer.json"]
    card = json.loads((folder / "model.json").read_text("utf-8"))
    assert card["base"] == "small"
    assert card["stories"] == {"teach": 16, "held_back": 4}
    assert card["after"] == whole.after


def test_the_folder_codes_in_its_own_ontology(tuned):
    import diurna

    folder = tuned[2]
    coder = diurna.Coder(model=str(folder), least=0.0)
    assert list(coder.ontology.types) == ["EVICT", "OCCUPY", "GRANT", "RETURN", "CLAIM"]
    story = coder.code("Police evicted 40 families from the farm on Monday.", published="2021-03-04")
    assert {e.type for e in story.events} <= set(coder.ontology.types)
    relation = coder.relate("Police evicted families.", actor=(0, 6), recipient=(15, 23))
    assert set(relation) == set(coder.ontology.types)


def test_a_folder_in_use_and_other_stories_are_refused(gold, small, tuned, tmp_path):
    with pytest.raises(ConfigError, match="D104"):
        run_of(gold, small, tuned[2])
    with pytest.raises(ConfigError, match="D104"):
        run_of(gold, small, tmp_path / "none", resume=True)
    run_of(gold, small, tmp_path / "mine", stop_after="before:")
    with pytest.raises(ConfigError, match="D105"):
        run_of(gold, small, tmp_path / "mine", resume=True, tuning={"rate": 1e-4})


def test_gold_that_does_not_fit_is_told(tmp_path):
    from diurna.training.gold import gold_of, parted

    own = read_ontology(LAND / "land.toml")
    row = {"text": "Police evicted them.", "events": [{"type": "EVICT", "modality": "actual", "trigger": {"text": "evicted", "start": 7, "end": 14}}]}
    path = tmp_path / "gold.jsonl"
    for wrong, told in (
        ({"type": "ASSAULT"}, "the ontology has no ASSAULT; it has EVICT"),
        ({"mode": "night"}, "the ontology has no EVICT/night"),
        ({"modality": "certain"}, "certain is no modality"),
        ({"trigger": {"text": "evicted", "start": 6, "end": 13}}, "“evicted” does not stand at 6 to 13"),
    ):
        path.write_text(json.dumps(row | {"events": [row["events"][0] | wrong]}), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            gold_of([path], own)
        assert caught.value.code == "D226"
        assert told in caught.value.message
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(InputError, match="D227"):
        parted(gold_of([path], own), 0.2)
    path.write_text('{"text": "x", "events": [{"type": "EVICT"}]}', encoding="utf-8")
    with pytest.raises(InputError, match="D222"):
        gold_of([path], own)


def test_stories_stand_on_one_side_whatever_the_others(gold):
    from diurna.training.gold import gold_of, parted

    own = read_ontology(LAND / "land.toml")
    teach, hold = parted(gold_of([gold], own), 0.2)
    assert len(hold) == 4
    assert not {g.story.id for g in teach} & {g.story.id for g in hold}
    assert all(g.story.events for g in hold)


@pytest.mark.model
def test_reviews_teach_what_was_confirmed_corrected_and_rejected(tmp_path):
    from datetime import UTC, datetime

    from diurna.coder import Coder
    from diurna.ontology import PLOVER
    from diurna.store import Store
    from diurna.training.gold import lesson_of, reviewed

    coder = Coder(least=0.0)
    text = "France expelled two Belarusian diplomats on Monday. Police arrested nine people in Minsk. Chad praised Niger."
    story = coder.code(text, published="2021-05-18")
    by_word: dict[str, Event] = {e.trigger.text: e for e in story.events}
    assert {"expelled", "arrested", "praised"} <= by_word.keys()
    store = Store.create(tmp_path / "record")
    store.write([story], coder.version)
    keys = {"month": "2021-05", "reason": "", "reviewer": "A", "recorded": datetime(2021, 5, 20, tzinfo=UTC)}
    rows = [{"verdict": "correct", "field": "mode", "value": "null"}, {"verdict": "reject", "field": None, "value": None}]
    store.append("reviews", [keys | row | {"event": by_word[word].id} for word, row in zip(("expelled", "arrested"), rows, strict=True)])
    (found,) = reviewed(store, PLOVER)
    assert [(e.trigger.text, e.mode) for e in found.story.events] == [("expelled", None)]
    assert [s.text for s in found.refused] == ["arrested"]
    lesson = lesson_of(found, Coder())
    assert [s.text.split()[0] for s in lesson.marked.sentences] == ["France", "Police"]
    at = lesson.marked.sentences[1].text.index("arrested")
    assert (at, at + 8) in lesson.lookalikes[1]
    assert isinstance(found.story, Story)


@pytest.mark.slow
@pytest.mark.model
def test_the_packaged_model_learns_another_ontology_from_sixty_sentences(gold, tmp_path):
    """Minutes of two cores to themselves, a quarter of an hour on a busy machine: ``pytest -m slow tests/test_training.py``."""
    apart, mine = tmp_path / "apart.jsonl", tmp_path / "mine"
    own = str(LAND / "land.toml")
    runner = CliRunner()
    assert runner.invoke(app, ["annotate", "--compile", str(LAND / "apart.txt"), "--ontology", own, "-o", str(apart)]).exit_code == 0
    result = runner.invoke(app, ["train", str(gold), "--ontology", own, "-o", str(mine), "--test", str(apart), "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.splitlines()[-1])
    assert figures["after"]["kept apart"]["f1"] >= figures["before"]["kept apart"]["f1"] + 0.15
    report = tmp_path / "report.txt"
    report.write_text("Police evicted 300 families from a farm near Mombasa on Monday. The families asked the court for the land.", encoding="utf-8")
    coded = runner.invoke(app, ["code", str(report), "--published", "2021-03-04", "--model", str(mine)])
    assert coded.exit_code == 0, coded.output
    events = [json.loads(line) for line in coded.stdout.splitlines()]
    assert [(e["type"], e["quad"]) for e in events][:1] == [("EVICT", "land from people")]
