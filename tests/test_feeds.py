"""Feeds: what a server that misbehaves can do, and what it cannot."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from feed_server import Site, article, bomb, drip, flood, rss, serving

from diurna.errors import ConfigError, InputError
from diurna.read.feeds import Feed, FeedReader, State, Watch, load_watch, public_feeds
from diurna.read.feeds.article import find_wall
from diurna.read.feeds.fetch import Fetcher, FetchError
from diurna.read.feeds.guard import is_public
from diurna.read.feeds.listing import canonical, read_listing, read_sitemap
from diurna.records import Story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

LIMIT = 2_000_000


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State(tmp_path / "watch.sqlite")
    yield state
    state.close()


def fetcher(seconds: float = 5.0, *, private: bool = True) -> Fetcher:
    return Fetcher("diurna/test", private=private, seconds=seconds)


def reader(state: State, *feeds: Feed, delay: float = 0.0, seconds: float = 5.0) -> FeedReader:
    return FeedReader(Watch(feeds, delay=delay), state, private=True, sleep=lambda _: None, seconds=seconds)


def read_all(reader: FeedReader) -> None:
    for _ in range(500):
        if not reader.step():
            return
    raise AssertionError("the work does not end")


def kept(state: State, *names: str) -> tuple[list[Story], list[dict[str, str]]]:
    rows = state.claim_read(names or ("wire",), 1000)
    state.release(r.key for r in rows)
    return [Story.from_dict(json.loads(r.story)) for r in rows if r.story], [json.loads(r.reject) for r in rows if r.reject]


def due(state: State, table: str = "feeds") -> None:
    """Let time pass: what waits may be read now."""
    with sqlite3.connect(state.path) as base:
        base.execute(f"UPDATE {table} SET next = 0")  # noqa: S608
    base.close()


def health(state: State, name: str = "wire") -> dict[str, object]:
    return next(row for row in state.health() if row["name"] == name)


# Fetching


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0", "fc00::1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::"],
)  # fmt: skip
def test_private_addresses_are_known(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are_known() -> None:
    assert is_public("8.8.8.8")
    assert is_public("2606:4700:4700::1111")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1"])
def test_nothing_private_is_fetched(site: Site, host: str) -> None:
    port = site.base.rsplit(":", 1)[1]
    with pytest.raises(FetchError) as told:
        fetcher(private=False).get(f"http://{host}:{port}/news/1", limit=LIMIT)
    assert told.value.code == "D250"
    assert not site.seen


def test_a_redirect_into_the_own_network_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diurna.read.feeds.guard.is_public", lambda address: address != "127.0.0.2")
    site.give("/out", b"", status=302, Location=f"http://127.0.0.2:{site.base.rsplit(':', 1)[1]}/news/1")
    with pytest.raises(FetchError, match="D250"):
        fetcher(private=False).get(f"{site.base}/out", limit=LIMIT)
    assert site.seen == {"/out": 1}


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/a", "gopher://x", "http://", "http://example.org:99999/", "javascript:alert(1)"])
def test_only_web_addresses_are_fetched(url: str) -> None:
    with pytest.raises(FetchError, match="D250"):
        fetcher().get(url, limit=LIMIT)


def test_redirects_end(site: Site) -> None:
    site.give("/round", b"", status=302, Location="/about")
    site.give("/about", b"", status=302, Location="/round")
    site.give("/self", b"", status=301, Location="/self")
    site.give("/nowhere", b"", status=302)
    site.give("/file", b"", status=302, Location="file:///etc/passwd")
    for path, code in (("/round", "D254"), ("/self", "D254"), ("/nowhere", "D254"), ("/file", "D250")):
        with pytest.raises(FetchError, match=code):
            fetcher().get(site.base + path, limit=LIMIT)
    assert site.seen["/round"] + site.seen["/about"] == 6


def test_a_good_redirect_is_followed_and_one_for_good_is_noted(site: Site) -> None:
    site.give("/old", b"", status=301, Location="/news/4")
    site.give("/today", b"", status=302, Location="/news/4")
    assert fetcher().get(f"{site.base}/old", limit=LIMIT).moved == f"{site.base}/news/4"
    page = fetcher().get(f"{site.base}/today", limit=LIMIT)
    assert page.moved is None
    assert page.url == f"{site.base}/news/4"


@pytest.mark.parametrize("how", [drip, lambda _: time.sleep(3)], ids=["drip", "silence"])
def test_slow_answers_are_cut_off(site: Site, how) -> None:
    site.answers["/slow"] = how
    began = time.monotonic()
    with pytest.raises(FetchError, match="D251") as told:
        fetcher(seconds=0.4).get(f"{site.base}/slow", limit=LIMIT)
    assert time.monotonic() - began < 2
    assert told.value.again


def test_huge_answers_are_cut_off(site: Site) -> None:
    site.answers["/flood"] = flood
    site.give("/bomb", bomb(40_000_000), Content_Encoding="gzip")
    for path in ("/flood", "/bomb"):
        with pytest.raises(FetchError, match="D253"):
            fetcher().get(site.base + path, limit=LIMIT)


def test_a_bomb_takes_no_memory(site: Site) -> None:
    import tracemalloc

    site.give("/bomb", bomb(40_000_000), Content_Encoding="gzip")
    tracemalloc.start()
    with pytest.raises(FetchError, match="D253"):
        fetcher().get(f"{site.base}/bomb", limit=LIMIT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * LIMIT


def test_broken_answers_are_told(site: Site) -> None:
    site.give("/torn", gzip.compress(b"x" * 1000)[:20] + b"\xff" * 40, Content_Encoding="gzip")
    site.give("/odd", b"x", Content_Encoding="br")
    site.answers["/cut"] = lambda request: request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") and None
    site.answers["/noise"] = lambda request: request.wfile.write(b"\x00\x01\x02 nonsense\r\n\r\n") and None
    for path, code in (("/torn", "D255"), ("/odd", "D255"), ("/cut", "D251"), ("/noise", "D251")):
        with pytest.raises(FetchError, match=code):
            fetcher().get(site.base + path, limit=LIMIT)


@pytest.mark.parametrize(("status", "again"), [(404, False), (403, False), (410, False), (429, True), (500, True), (503, True)])
def test_statuses_say_whether_to_come_back(site: Site, status: int, again: bool) -> None:
    site.give("/x", b"", status=status, Retry_After="120")
    with pytest.raises(FetchError, match="D252") as told:
        fetcher().get(f"{site.base}/x", limit=LIMIT)
    assert (told.value.status, told.value.again, told.value.wait) == (status, again, 120.0)


def test_retry_after_is_read_and_bounded(site: Site) -> None:
    waits = {"999999999": 86_400.0, "soon": None, format_datetime(datetime.now(UTC) - timedelta(hours=1)): 0.0, "-5": None}
    for text, wait in waits.items():
        site.give("/busy", b"", status=429, Retry_After=text)
        with pytest.raises(FetchError) as told:
            fetcher().get(f"{site.base}/busy", limit=LIMIT)
        assert told.value.wait == wait


# Feeds and sitemaps


def test_json_feed_and_atom_are_read() -> None:
    rows = [{"url": "/1", "content_html": "<p>One</p><p>Two</p>", "date_published": "2024-01-01T00:30:00+02:00"}, {"url": 3}, "x", {"url": "ftp://e.org/x"}]
    (entry,) = read_listing(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": rows}).encode(), "https://e.org/feed.json")
    assert (entry.url, entry.text, entry.published) == ("https://e.org/1", "One\n\nTwo", "2024-01-01T00:30:00+02:00")
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>X</title><link href="/b"/><updated>2024-01-02T00:00:00Z</updated></entry><entry/></feed>'
    (entry,) = read_listing(atom, "https://e.org/atom")
    assert (entry.url, entry.published, entry.stamp) == ("https://e.org/b", None, "2024-01-02T00:00:00+00:00")


def test_a_feed_that_is_cut_off_gives_what_it_has() -> None:
    whole = rss("https://e.org", [1, 2, 3])
    assert len(read_listing(whole[: whole.rindex(b"<item>") + 30], "https://e.org/rss")) == 2


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss version="2.0"><channel><title>&b;</title></channel></rss>',
        b'<!DOCTYPE rss SYSTEM "x" [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><title>&x;</title></item></channel></rss>',
        '<!DOCTYPE r [<!ENTITY x "y">]><rss version="2.0"/>'.encode("utf-16"),
        b"<html><head><title>Home</title></head></html>",
        b"{}",
        b'{"version": "https://jsonfeed.org/version/1", "items": 3}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\x00\xff\xfe",
        b"",
    ],
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match="D256"):
        read_listing(body, "https://e.org/rss")


@pytest.mark.parametrize("part", [b"<!DOCTYPE ", b" ", b"<", b"&lt;", b"<item>", b"<![CDATA["])
def test_feeds_made_to_take_long_do_not(part: bytes) -> None:
    began = time.process_time()
    body = b"<rss version='2.0'><channel><item><link>https://e.org/1</link><description>&lt;p&gt; " + part * (300_000 // len(part))
    assert len(read_listing(body, "https://e.org/rss")) <= 1
    assert time.process_time() - began < 15


def test_a_page_given_for_a_feed_names_the_feed() -> None:
    page = b"<!doctype html><html><head><link rel='alternate' type='application/rss+xml' href='/feed.xml'></head></html>"
    with pytest.raises(InputError, match=r"https://e\.org/feed\.xml"):
        read_listing(page, "https://e.org/")


def test_packed_sitemaps_are_read_and_bombs_are_not() -> None:
    news = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://e.org/1</loc></url><url><loc>https://bad.org/1</loc></url></urlset>'
    assert [e.url for e in read_sitemap(gzip.compress(news), "https://e.org/s.xml.gz").entries] == ["https://e.org/1"]
    with pytest.raises(InputError, match="D253"):
        read_sitemap(bomb(30_000_000), "https://e.org/s.xml.gz")
    for bad in (b"<rss/>", b"nonsense", b'<!DOCTYPE u [<!ENTITY a "b">]><urlset/>', b"\x1f\x8bxx"):
        with pytest.raises(InputError, match=r"D25[56]"):
            read_sitemap(bad, "https://e.org/s.xml")


def test_addresses_are_made_canonical() -> None:
    assert canonical("https://E.org/a?utm_medium=x&b=2#c") == canonical("https://e.org/a?b=2")
    assert canonical("https://e.org/a?b=2") != canonical("https://e.org/a?b=3")
    assert canonical("http://[bad") == "http://[bad"


# A watch's reading


def test_a_feed_becomes_stories_once(site: Site, state: State) -> None:
    site.give("/rss", rss(site.base, [1, 2]), "application/rss+xml")
    watch = reader(state, Feed("wire", f"{site.base}/rss", country="NOR"))
    read_all(watch)
    due(state)
    site.give("/rss", rss(site.base, [1, 2, 3]), "application/rss+xml")
    read_all(watch)
    stories, rejects = kept(state)
    assert not rejects
    assert sorted(s.url or "" for s in stories) == [f"{site.base}/news/{n}" for n in (1, 2, 3)]
    assert all(s.source == "wire" and s.published == f"{datetime.now(UTC):%Y-%m-%d}" and s.fetched and "envoys of Freedonia" in s.text for s in stories)
    assert [site.seen[f"/news/{n}"] for n in (1, 2, 3)] == [1, 1, 1]
    assert health(state)["entries"] == 3


def test_an_unchanged_feed_is_asked_for_with_what_is_known(site: Site, state: State) -> None:
    asked: list[tuple[str | None, str | None]] = []

    def answer(request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
        asked.append((request.headers["If-None-Match"], request.headers["If-Modified-Since"]))
        fresh = request.headers["If-None-Match"] != '"1"'
        return (200, {"ETag": '"1"', "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}, rss(site.base, [1])) if fresh else (304, {}, b"")

    site.answers["/rss"] = answer
    watch = reader(state, Feed("wire", f"{site.base}/rss"))
    for _ in range(3):
        read_all(watch)
        due(state)
    assert asked == [(None, None), *[('"1"', "Mon, 01 Jan 2024 00:00:00 GMT")] * 2]
    assert health(state)["failures"] == 0
    assert len(kept(state)[0]) == 1


def test_failures_wait_longer_and_longer_and_health_tells(site: Site, state: State) -> None:
    site.give("/rss", b"", status=500)
    watch = reader(state, Feed("wire", f"{site.base}/rss", every=1))
    waits = []
    for _ in range(6):
        read_all(watch)
        waits.append(float(str(health(state)["next"])) - time.time())
        due(state)
    assert all(60 * 2**n * 0.5 - 1 <= wait <= 60 * 2**n * 1.5 for n, wait in enumerate(waits, 1))
    row = health(state)
    assert (row["failures"], row["succeeded"], row["looks"]) == (6, None, 6)
    assert "D252" in str(row["error"])
    site.give("/rss", rss(site.base, [1]))
    read_all(watch)
    assert (health(state)["failures"], health(state)["error"]) == (0, None)
    assert health(state)["succeeded"]


def test_a_busy_server_is_left_alone_as_long_as_it_asks(site: Site, state: State) -> None:
    site.give("/rss", b"", status=429, Retry_After="7200")
    read_all(reader(state, Feed("wire", f"{site.base}/rss", every=1)))
    assert float(str(health(state)["next"])) - time.time() == pytest.approx(7200, abs=5)


def test_a_page_that_fails_for_now_is_tried_again_and_then_given_up(site: Site, state: State) -> None:
    site.give("/rss", rss(site.base, [1, 2]))
    site.give("/news/1", b"", status=503)
    site.give("/news/2", b"", status=404)
    watch = reader(state, Feed("wire", f"{site.base}/rss"))
    for _ in range(7):
        read_all(watch)
        due(state, "items")
    assert (site.seen["/news/1"], site.seen["/news/2"]) == (5, 1)
    assert sorted(r["code"] for r in kept(state)[1]) == ["D252", "D252"]


def test_robots_txt_is_kept_to(site: Site, state: State) -> None:
    site.give("/robots.txt", b"User-agent: *\nDisallow: /news/2\n\nUser-agent: diurna\nDisallow: /news/3\nCrawl-delay: 4\n", "text/plain")
    site.give("/rss", rss(site.base, [1, 2, 3]))
    watch = reader(state, Feed("wire", f"{site.base}/rss"))
    for _ in range(8):
        read_all(watch)
        due(state, "hosts")
    stories, rejects = kept(state)
    assert sorted(s.url or "" for s in stories) == [f"{site.base}/news/{n}" for n in (1, 2)]
    assert [r["code"] for r in rejects] == ["D257"]
    assert site.seen["/robots.txt"] == 1
    assert site.seen["/news/3"] == 0
    assert 3.5 < state.reserve(site.base.removeprefix("http://"), 0.0) + 4 <= 8.1  # the pause asked for holds


def test_without_robots_txt_all_is_allowed_and_while_it_fails_nothing(site: Site, state: State) -> None:
    site.give("/robots.txt", b"", status=503)
    site.give("/rss", rss(site.base, [1]))
    watch = reader(state, Feed("wire", f"{site.base}/rss"))
    read_all(watch)
    assert "D257" in str(health(state)["error"])
    assert site.seen["/rss"] == 0
    with sqlite3.connect(state.path) as base:
        base.execute("UPDATE robots SET until = 0")
    base.close()
    site.give("/robots.txt", b"", status=404)
    due(state)
    read_all(watch)
    assert len(kept(state)[0]) == 1


def test_a_host_is_asked_in_turn(site: Site, state: State) -> None:
    site.give("/rss", rss(site.base, [1, 2, 3]))
    watch = FeedReader(Watch((Feed("wire", f"{site.base}/rss"),), delay=0.2), state, private=True)
    ended = time.monotonic() + 4
    threads = [threading.Thread(target=lambda: [watch.step() or time.sleep(0.02) for _ in range(10_000) if time.monotonic() < ended and site.seen.total() < 5]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    moments = [at for path, at in site.at if path.startswith("/news")]
    assert len(moments) == 3
    assert all(later - sooner > 0.15 for sooner, later in pairwise(moments))


def test_sitemaps_and_their_indexes_are_read(site: Site, state: State) -> None:
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    urls = "".join(f"<url><loc>{site.base}/news/{n}</loc><lastmod>{d}</lastmod></url>" for n, d in ((1, day), (2, "2001-01-01")))
    site.give("/sitemap.xml", f"<sitemapindex><sitemap><loc>{site.base}/a.xml</loc></sitemap><sitemap><loc>http://10.0.0.1/b.xml</loc></sitemap></sitemapindex>".encode())
    site.give("/a.xml", f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}<url><loc>{site.base}/about</loc></url></urlset>".encode())
    read_all(reader(state, Feed("wire", f"{site.base}/sitemap.xml", kind="sitemap", only=("/news/",))))
    stories, rejects = kept(state)
    assert [s.url for s in stories] == [f"{site.base}/news/1"]
    assert not rejects


def test_one_page_under_two_addresses_is_one_story(site: Site, state: State) -> None:
    head = f"<link rel='canonical' href='{site.base}/news/9'>"
    site.give("/amp/9", article(9, head=head))
    site.give("/news/9", article(9, head=head))
    site.give("/rss", rss(site.base, [9]))
    site.give("/amp.rss", rss(site.base, [9], "/amp/{n}"))
    read_all(reader(state, Feed("wire", f"{site.base}/rss"), Feed("amp", f"{site.base}/amp.rss")))
    stories, _ = kept(state, "wire", "amp")
    assert [s.url for s in stories] == [f"{site.base}/news/9"]


def test_a_page_cannot_pass_itself_off_as_another_sites(site: Site, state: State) -> None:
    site.give("/news/1", article(1, head="<link rel='canonical' href='https://www.example.org/real'>"))
    site.give("/rss", rss(site.base, [1]))
    read_all(reader(state, Feed("wire", f"{site.base}/rss")))
    assert [s.url for s in kept(state)[0]] == [f"{site.base}/news/1"]


GERMAN = "<p>Der Minister sagte am Montag in Berlin, die Regierung werde den Vertrag nicht verlängern und die Gespräche beenden.</p>"
WALLS = {
    "D258": [
        b"<html><head><title>Envoys</title></head><body><article><p>Norway expelled three envoys.</p><p>Subscribe to continue reading this.</p></article></body></html>",
        article(1, head='<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'),
        article(1, head='<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "isAccessibleForFree": "False"}]}</script>'),
        article(1, head='<meta property="article:content_tier" content="locked">'),
    ],
    "D259": [
        b"<html><head><title>Before you continue</title></head><body><p>We and our partners use cookies. Accept all cookies or manage your privacy choices.</p></body></html>",
        b"<html><head><title>Just a moment...</title></head><body><p>Enable JavaScript and cookies to continue</p></body></html>",
        b"<html><body><h1>Access Denied</h1><p>You don't have permission to access this on this server.</p></body></html>",
    ],
    "D207": [b"<html><body></body></html>", b"<html>"],
    "D204": [f"<html><body><article>{GERMAN * 5}</article></body></html>".encode()],
}  # fmt: skip


@pytest.mark.parametrize(("code", "page"), [(code, page) for code, pages in WALLS.items() for page in pages])
def test_walls_become_rejects(site: Site, state: State, code: str, page: bytes) -> None:
    site.give("/rss", rss(site.base, [1]))
    site.give("/news/1", page)
    read_all(reader(state, Feed("wire", f"{site.base}/rss")))
    stories, rejects = kept(state)
    assert not stories
    assert [r["code"] for r in rejects] == [code]


def test_a_report_about_walls_is_no_wall() -> None:
    text = "The regulator fined the company because its pages told readers to accept all cookies before you continue. " * 15
    assert find_wall("<title>Regulator fines company</title>", text, "https://e.org/a") is None
    assert find_wall('<script type="application/ld+json">{"isAccessibleForFree": true}</script>', text, "https://e.org/a") is None
    assert find_wall('<script type="application/ld+json">{broken</script>', text, "https://e.org/a") is None
    assert find_wall("", text, "https://consent.portal.example/x", "https://e.org/a") is not None


def test_behind_a_wall_the_feeds_own_text_counts(site: Site, state: State) -> None:
    text = "Norway expelled three envoys of Freedonia on Monday, the foreign ministry said. " * 6
    rows = [{"url": "/news/1", "title": "Envoys", "content_text": text}]
    site.give("/feed.json", json.dumps({"version": "https://jsonfeed.org/version/1", "items": rows}).encode(), "application/feed+json")
    site.give("/news/1", WALLS["D258"][0])
    read_all(reader(state, Feed("wire", f"{site.base}/feed.json")))
    stories, rejects = kept(state)
    assert not rejects
    assert [s.text for s in stories] == [text.strip()]


@pytest.mark.parametrize(("kind", "body"), [("application/pdf", b"%PDF-1.4"), ("video/mp4", b"x"), ("text/html", b"%PDF-1.7 x"), ("text/html", b"\x89PNG\r\n")])
def test_pages_of_a_wrong_type_become_rejects(site: Site, state: State, kind: str, body: bytes) -> None:
    site.give("/rss", rss(site.base, [1]))
    site.give("/news/1", body, kind)
    read_all(reader(state, Feed("wire", f"{site.base}/rss")))
    assert kept(state)[1][0]["code"] in {"D255", "D203", "D207"}


@pytest.mark.parametrize(
    "page",
    [
        "<script" * 60_000, '<script type="application/ld+json">' * 12_000, "<link " * 60_000, "<div>" * 50_000 + "x", "<p>" + "&#x0;" * 1000, "<table>" * 3000,
        "<html>" + "<a href='" * 20_000, "<script type='application/ld+json'>" + "[" * 100_000 + "</script>",
    ],
    ids=["scripts", "blocks", "links", "deep", "zeros", "tables", "unclosed", "json"],
)  # fmt: skip
def test_pages_made_to_break_a_parser_do_not(site: Site, state: State, page: str) -> None:
    site.give("/rss", rss(site.base, [1]))
    site.give("/news/1", page.encode())
    began = time.monotonic()
    read_all(reader(state, Feed("wire", f"{site.base}/rss")))
    assert time.monotonic() - began < 20
    stories, rejects = kept(state)
    assert len(stories) + len(rejects) == 1


def test_a_changed_page_is_read_again_when_the_feed_says_so(site: Site, state: State) -> None:
    atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><title>x</title><link href='{}/news/1'/><updated>{}</updated></entry></feed>"
    now = datetime.now(UTC).replace(microsecond=0)
    site.give("/rss", atom.format(site.base, now.isoformat()).encode())
    watch = reader(state, Feed("wire", f"{site.base}/rss"))
    read_all(watch)
    rows = state.claim_read(("wire",), 10)
    state.done(r.key for r in rows)
    site.give("/news/1", article(1, extra="<p>Updated: the envoys have left the country, the airport of Oslo confirmed on Tuesday.</p>"))
    for later, reads in ((0, 1), (60, 2)):  # the same stamp, then a new one
        site.give("/rss", atom.format(site.base, (now + timedelta(seconds=later)).isoformat()).encode())
        with sqlite3.connect(state.path) as base:
            base.execute("UPDATE items SET had = had - 1000")
        base.close()
        due(state)
        read_all(watch)
        assert site.seen["/news/1"] == reads
    assert "airport of Oslo" in kept(state)[0][0].text


# Claims, folders, mails


def test_two_workers_never_hold_the_same(site: Site, tmp_path: Path) -> None:
    site.give("/rss", rss(site.base, range(12)))
    feed = Feed("wire", f"{site.base}/rss")
    states = [State(tmp_path / "w.sqlite") for _ in range(3)]
    watches = [reader(s, feed) for s in states]
    watches[0].step()
    threads = [threading.Thread(target=read_all, args=(w,)) for w in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(site.seen[f"/news/{n}"] == 1 for n in range(12))
    parts = [[c.key for c in s.claim_read(("wire",), 5)] for s in states]
    assert sum(map(len, parts)) == len({k for p in parts for k in p}) == 12
    for s in states:
        s.close()


def test_what_a_dead_worker_held_is_taken_up(state: State, tmp_path: Path) -> None:
    other = State(tmp_path / "watch.sqlite")
    other.know_feeds([("wire", "https://e.org/rss", "e.org")])
    assert other.claim_feed(["wire"], 0.0, time.time() + 1) is not None
    assert state.claim_feed(["wire"], 0.0, time.time() + 1) is None
    with sqlite3.connect(state.path) as base:
        base.execute("UPDATE workers SET beat = 0 WHERE id = ?", (other.worker,))
    base.close()
    state.beat()
    assert state.claim_feed(["wire"], 0.0, time.time() + 1) is not None
    other.close()


def test_a_story_that_kills_its_workers_holds_up_no_other(state: State) -> None:
    state.put_stories("wire", "f", "1", [(f"k{n}", "{}", None) for n in range(5)], 5, finished=True)
    for _ in range(3):
        assert len(state.claim_read(("wire",), 10)) == 5
        with sqlite3.connect(state.path) as base:
            base.execute("UPDATE items SET worker = 'dead'")
        base.close()
    state.put_stories("wire", "g", "1", [("new", "{}", None)], 1, finished=True)
    assert [c.key for c in state.claim_read(("wire",), 10)] == ["new"]
    alone = [state.claim_read(("wire",), 10) for _ in range(5)]
    assert sorted(c.key for part in alone for c in part) == [f"k{n}" for n in range(5)]
    assert all(len(part) == 1 for part in alone)


def settled(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time.time() - 60,) * 2)


def test_folders_give_each_story_once(state: State, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    settled(drop / "many.jsonl", "".join(json.dumps({"text": f"Norway expelled {n} envoys on Monday."}) + "\n" for n in range(130)) + "broken\n")
    settled(drop / "one.txt", "Peru recalled its ambassador from Mexico City on Friday.")
    settled(drop / ".hidden.txt", "Nobody reads this.")
    (drop / "growing.txt").write_text("Half of a rep", encoding="utf-8")
    watch = reader(state, Feed("drop", path=drop, kind="folder", every=0))
    watch.step()
    stories, rejects = kept(state, "drop")
    assert (len(stories), [r["code"] for r in rejects]) == (131, ["D213"])
    due(state)
    watch.step()
    assert len(kept(state, "drop")[0]) == 131
    settled(drop / "one.txt", "Peru recalled its ambassador from Mexico City on Friday. He left at noon.")
    due(state)
    watch.step()
    assert len(kept(state, "drop")[0]) == 132


def test_a_large_folder_waits_for_room(state: State, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    settled(drop / "many.jsonl", "".join(json.dumps({"text": f"Norway expelled {n} envoys on Monday."}) + "\n" for n in range(1200)))
    watch = reader(state, Feed("drop", path=drop, kind="folder"))
    seen: set[str] = set()
    for expected in (500, 500, 200, 0):
        watch.step()
        rows = state.claim_read(("drop",), 1000)
        assert len(rows) == expected
        seen |= {json.loads(r.story or "{}")["text"] for r in rows}
        state.done(r.key for r in rows)
        due(state)
    assert len(seen) == 1200


MAIL = "From: Desk <desk@example.org>\nSubject: Envoys expelled\nDate: Mon, 01 Jan 2024 23:30:00 -0500\nMessage-ID: <1@example.org>\n"
TEXT = "Norway expelled three envoys of Freedonia on Monday, the foreign ministry in Oslo said in a statement."


def test_mails_are_read_and_left_alone(state: State, tmp_path: Path) -> None:
    box = tmp_path / "Maildir"
    (box / "cur").mkdir(parents=True)
    settled(box / "new/1", f"{MAIL}\n{TEXT}\n-- \nDesk of the wire\n")
    settled(box / "new/2", f"{MAIL}Content-Type: text/html\n\n{article(2).decode()}")
    settled(box / "new/3", f"{MAIL}Content-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA\n")
    settled(box / "new/4", 'Content-Type: multipart/mixed; boundary="\nDate: nonsense\n\n\x01\n')
    reader(state, Feed("mail", path=box, kind="mail")).step()
    stories, rejects = kept(state, "mail")
    first = next(s for s in stories if s.text == TEXT)
    assert (first.published, first.title, first.key, first.source) == ("2024-01-01", "Envoys expelled", "<1@example.org>", "mail")
    assert len(stories) == 2
    assert len(rejects) == 2
    assert len(list((box / "new").iterdir())) == 4


def test_a_folder_that_is_gone_is_a_failure_of_its_own(state: State, tmp_path: Path) -> None:
    reader(state, Feed("drop", path=tmp_path / "gone", kind="folder")).step()
    assert "D210" in str(health(state, "drop")["error"])


# Lists


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no feed"), ("[[feed]]\nurl = 'https://e.org'", "needs a name"), ("[[feed]]\nname = 'a'\nurl = 'ftp://e.org'", "needs a url"),
        ("[[feed]]\nname = 'a'\nkind = 'folder'", "path of a folder"), ("[[feed]]\nname = 'a'\nurl = 'https://e.org'\ncountry = 'Norway'", "ISO 3166"),
        ("[[feed]]\nname = 'a'\nurl = 'https://e.org'\nevery = 0", "minutes"), ("[[feed]]\nname = 'a'\nurl = 'https://e.org'\neveryy = 5", "everyy"),
        ("[[feed]]\nname = 'a'\nurl = 'https://e.org'\n" * 2, "two feeds"), ("[watch]\nrobots = false\n[[feed]]\nname = 'a'\nurl = 'https://e.org'", "contact and delay"),
        ("[[feed", "cannot be read"),
    ],
)  # fmt: skip
def test_a_wrong_list_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "feeds.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        load_watch(tmp_path / "feeds.toml")


def test_the_public_list_covers_the_world() -> None:
    feeds = public_feeds().feeds
    assert len(feeds) >= 60
    assert {f.region for f in feeds} >= {"africa", "asia", "europe", "middle east", "north america", "latin america", "oceania"}
    assert all(f.country and f.language and f.state_owned is not None and f.url and f.region for f in feeds)
    assert len({f.url for f in feeds}) == len(feeds)
