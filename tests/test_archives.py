"""Archives: stories stream out of WARC, WET and Petrarch's XML, whatever lies between them, in constant memory."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from feed_server import article

from diurna.read import read
from diurna.records import Reject, Story

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Norway expelled three envoys of Freedonia on Monday, the foreign ministry in Oslo said."


def record(kind: str, body: bytes, uri: str = "https://news.example.org/1", **headers: str) -> bytes:
    told = {"WARC-Type": kind, "WARC-Record-ID": f"<urn:uuid:{len(body):032x}>", "WARC-Date": "2024-01-02T03:04:05Z", "WARC-Target-URI": uri, **headers}
    told["Content-Length"] = str(len(body))
    return b"WARC/1.0\r\n" + "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in told.items()).encode() + b"\r\n" + body + b"\r\n\r\n"


def http(body: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", extra: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{extra}Content-Length: {len(body)}\r\n\r\n".encode() + body


def response(body: bytes, uri: str = "https://news.example.org/1", **how: str) -> bytes:
    return record("response", http(body, **how), uri, Content_Type="application/http; msgtype=response")


def stories(path: Path) -> tuple[list[Story], list[Reject]]:
    found = list(read([path]))
    return [s for s in found if isinstance(s, Story)], [s for s in found if isinstance(s, Reject)]


def test_a_warc_gives_its_pages(tmp_path: Path) -> None:
    parts = [
        record("warcinfo", b"software: x\r\n", Content_Type="application/warc-fields"),
        record("request", b"GET /1 HTTP/1.1\r\n\r\n", Content_Type="application/http; msgtype=request"),
        response(article(1, head="<meta property='article:published_time' content='2024-01-01T10:00:00Z'>")),
        response(gzip.compress(article(2)), "https://news.example.org/2", extra="Content-Encoding: gzip\r\n"),
        response("<p>Škoda</p>".encode("iso8859-2"), "https://news.example.org/3", status="404 Not Found"),
        response(b"\x89PNG", "https://news.example.org/4", kind="image/png"),
        response(b"<html></html>", "https://news.example.org/5"),
        record("metadata", b"x: y\r\n", Content_Type="application/warc-fields"),
    ]
    packed = tmp_path / "news.warc.gz"
    packed.write_bytes(b"".join(gzip.compress(p) for p in parts))
    plain = tmp_path / "news.warc"
    plain.write_bytes(b"".join(parts))
    for path in (packed, plain):
        found, rejects = stories(path)
        assert [s.url for s in found] == ["https://news.example.org/1", "https://news.example.org/2"]
        assert [s.published for s in found] == ["2024-01-01", None]
        assert all(s.source == "news.example.org" and s.fetched == "2024-01-02T03:04:05+00:00" and "envoys of Freedonia" in s.text for s in found)
        assert [(r.code, r.where.split(": ")[1]) for r in rejects] == [("D207", "https://news.example.org/5")]


def test_a_wet_gives_its_texts(tmp_path: Path) -> None:
    path = tmp_path / "news.warc.wet.gz"
    path.write_bytes(gzip.compress(record("conversion", TEXT.encode(), Content_Type="text/plain", WARC_Identified_Content_Language="eng")))
    found, rejects = stories(path)
    assert [(s.text, s.url) for s in found] == [(TEXT, "https://news.example.org/1")]
    assert not rejects


def test_an_archive_is_told_by_its_beginning() -> None:
    data = record("conversion", TEXT.encode(), Content_Type="text/plain")
    assert [s.text for s in read(["-"], stdin=io.BytesIO(data)) if isinstance(s, Story)] == [TEXT]
    xml = f"<?xml version='1.0'?>\n<Sentences><Sentence date='20080801' id='A-1'><Text>{TEXT}</Text></Sentence></Sentences>"
    assert [s.text for s in read(["-"], stdin=io.BytesIO(xml.encode())) if isinstance(s, Story)] == [TEXT]


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.95])
def test_a_damaged_archive_gives_what_was_read_before(tmp_path: Path, cut: float) -> None:
    data = b"".join(gzip.compress(response(article(n), f"https://news.example.org/{n}")) for n in range(60))
    path = tmp_path / "cut.warc.gz"
    path.write_bytes(data[: int(len(data) * cut)])
    found, rejects = stories(path)
    assert 1 <= len(found) < 60
    assert all(s.text.endswith("No date for its first meeting was given.") for s in found)
    assert [r.code for r in rejects] == ["D212"]


@pytest.mark.parametrize("data", [b"WARC/1.0\r\nnonsense", b"WARC/1.0\r\nContent-Length: -5\r\n\r\n", b"nothing of the kind", b""])
def test_what_is_no_archive_ends_quietly(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.warc"
    path.write_bytes(data)
    assert stories(path)[0] == []


def sentence(number: int, text: str, story: str = "AFP0001", more: str = 'sentence="true"') -> str:
    return f'<Sentence date="20080801" id="{story}_{number}" source="AFP" {more}>\n<Text>\n{text}\n</Text>\n<Parse>(ROOT (S))</Parse>\n</Sentence>\n'


def test_petrarchs_sentences_become_stories(tmp_path: Path) -> None:
    path = tmp_path / "gigaword.xml"
    rows = [sentence(1, TEXT), sentence(2, "Freedonia\nrejected the charge."), sentence(1, "Peru recalled its ambassador.", "AFP0002")]
    rows += [sentence(1, "A."), sentence(7, "B.", "DEMO", "")]
    path.write_text(f"<Sentences>{''.join(rows)}{sentence(8, 'C.', 'DEMO', '')}</Sentences>", encoding="utf-8")
    found, rejects = stories(path)
    assert [(s.text, s.key) for s in found] == [
        (f"{TEXT} Freedonia rejected the charge.", "AFP0001"), ("Peru recalled its ambassador.", "AFP0002"), ("A.", "AFP0001"), ("B.", "DEMO_7"), ("C.", "DEMO_8"),
    ]  # fmt: skip
    assert {(s.published, s.source) for s in found} == {("2008-08-01", "AFP")}
    assert not rejects


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The password is swordfish.", encoding="utf-8")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    path = tmp_path / "bad.xml"
    path.write_text(
        f'<!DOCTYPE s [<!ENTITY l0 "Ha. ">{laughs}<!ENTITY f SYSTEM "{secret.as_uri()}">]><Sentences>{sentence(1, "Peru said: &f; and &l11;.")}</Sentences>', encoding="utf-8"
    )
    found, _ = stories(path)
    assert all("swordfish" not in s.text and "Ha." not in s.text for s in found)


def test_broken_xml_gives_what_was_read_before(tmp_path: Path) -> None:
    path = tmp_path / "broken.xml"
    path.write_text(f"<Sentences>{sentence(1, TEXT)}{sentence(1, 'Peru & Chile met.', 'AFP0002')}</Sentences>", encoding="utf-8")
    found, rejects = stories(path)
    assert [s.text for s in found] == [TEXT]
    assert [r.code for r in rejects] == ["D212"]


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        warc, lines, xml = tmp_path / "a.warc.gz", tmp_path / "a.jsonl.gz", tmp_path / "a.xml.gz"
        with gzip.open(warc, "wb", 1) as file:
            for n in range(count):
                file.write(record("conversion", f"{TEXT} Note {n}. ".encode() * 20, Content_Type="text/plain"))
        with gzip.open(lines, "wt", 1) as file:
            file.writelines(json.dumps({"text": f"{TEXT} Note {n}. " * 20}) + "\n" for n in range(count))
        with gzip.open(xml, "wt", 1) as file:
            file.write(f"<Sentences>{''.join(sentence(1, f'{TEXT} Note {n}. ' * 20, f'S{n}') for n in range(count))}</Sentences>")
        tracemalloc.start()
        assert sum(isinstance(s, Story) for path in (warc, lines, xml) for s in read([path])) == 3 * count
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(5)
    assert peak(120) < peak(30) + 100_000
