"""The page in a browser: every view, keys, deep links, light and dark, small screens, hostile text, a slow and a failing service."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from tests.browser.conftest import EVIL, hostile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

EVENT = hostile().events[0]
VIEWS = {
    "today": "/today?days=31", "events": "/events?country=RUS", "stories": "/stories", "story": f"/story/{EVENT.story}?event={EVENT.id}", "dyads": "/dyad",
    "dyad": "/dyad/RUS-UKR?at=2024-06-01",
    "countries": "/country", "country": "/country/RUS", "network": "/network?least=1", "map": "/map", "treaties": "/treaties", "forecast": "/forecast",
    "harm": "/harm", "sources": "/sources", "review": "/review",
    "signals": "/signals?rule=raids",
    "paste": "/paste",
    "missing": "/story/00000000000000000000",
}  # fmt: skip
SHOWN = "main:not([aria-busy]) h1"


@contextmanager
def opened(browser: Browser, server: str, **facts: Any) -> Iterator[Page]:  # noqa: ANN401
    """Open a page that tells of whatever must not happen: errors, dialogs, requests to others."""
    context = browser.new_context(base_url=server, **facts)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda e: wrong.append(f"error: {e}"))
    page.on("dialog", lambda d: (wrong.append(f"dialog: {d.message}"), d.dismiss()))
    page.on("console", lambda m: wrong.append(f"console: {m.text}") if m.type == "error" and "Failed to load resource" not in m.text else None)
    page.on("request", lambda r: wrong.append(f"request: {r.url}") if not r.url.startswith((server, "blob:", "data:")) else None)
    try:
        yield page
        assert wrong == []
    finally:
        context.close()


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(SHOWN)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_shows_hostile_text_as_text(browser: Browser, server: str, name: str) -> None:
    with opened(browser, server) as page:
        visit(page, VIEWS[name])
        page.wait_for_timeout(200)
        assert page.locator("main img, main script, main iframe, main b").count() == 0
        assert page.locator("main a[href^='javascript:']").count() == 0
        if name in {"story", "stories", "today", "treaties", "harm", "sources", "signals"}:
            assert EVIL in page.inner_text("main")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing(browser: Browser, server: str, name: str, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: pip install -e '.[dev]'")
    width = 360 if theme == "dark" else 1280
    with opened(browser, server, color_scheme=theme, viewport={"width": width, "height": 800}, bypass_csp=True) as page:
        visit(page, VIEWS[name])
        page.wait_for_timeout(300)
        found = axe.Axe().run(page)
        if width < 400:  # a phone: nobody need scroll sideways
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found.response["violations"]] == []


def test_keys_alone_lead_from_today_to_a_dyad_s_events(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, "/")
        page.keyboard.press("Control+k")
        page.keyboard.type("ukr-rus")
        page.wait_for_selector("#jump-list [aria-selected=true]:has-text('UKR → RUS')")
        page.keyboard.press("Enter")
        page.wait_for_url("**/dyad/UKR-RUS")
        page.locator(".charts").focus()
        page.wait_for_selector(".plot canvas")
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(re.compile("at=2024-06-01"))
        page.wait_for_selector(".act")
        page.locator(".act .opener").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".below blockquote mark.trigger")
        page.keyboard.press("g")
        page.keyboard.press("n")
        page.wait_for_url("**/network")


def test_the_box_finds_countries_and_stories_by_name(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, "/paste")
        page.click("#jump")
        page.fill(".jump input", "norw")
        page.wait_for_selector("#jump-list li:has-text('Norway')")
        page.fill(".jump input", "Note 7 of")
        page.click("#jump-list li:has-text('Note 7 of the envoys')")
        page.wait_for_url("**/story/*")
        page.wait_for_selector(".record")


def test_a_click_on_a_bar_opens_its_events_and_the_address_brings_them_back(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, "/dyad/RUS-UKR")
        over = page.locator(".plot .u-over").first
        over.wait_for()
        over.click(position={"x": 40, "y": 60})
        page.wait_for_selector(".act")
        shown = page.inner_text("section[aria-label='Events of the period'] h2")
        assert "at=2024-0" in page.url
        page.reload()
        page.wait_for_selector(".act")
        assert page.inner_text("section[aria-label='Events of the period'] h2") == shown


def test_numbers_open_as_many_events(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, "/country/NOR")
        row = page.locator("table:has(caption:has-text('Acts by type')) tbody tr").first
        done, suffered = (int(re.sub(r"\D", "", row.locator("td").nth(i).inner_text())) for i in (2, 3))
        row.locator("a").click()
        page.wait_for_url("**/events?*")
        page.wait_for_selector(".act")
        total = int(re.search(r"of (\d+) events", page.inner_text("main"))[1])
        assert max(done, suffered) <= total <= done + suffered


def test_pointing_at_a_word_tells_what_it_was_taken_for(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, VIEWS["story"])
        assert page.locator(".record.picked").count() == 1
        page.hover(".text .mark.actor")
        page.wait_for_selector("#tip:not([hidden])")
        assert "ASSAULT actor" in page.inner_text("#tip")
        assert page.locator(".record.hot").count() == 1


def test_pasted_text_is_coded_as_one_types_and_not_kept(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, "/paste")
        page.fill("#paste-day", "2022-12-16")
        page.fill("#paste-text", f"Peru recalled its ambassador from Mexico City on Friday. {EVIL}")
        page.wait_for_selector(".record", timeout=60_000)
        assert "SANCTION" in page.inner_text(".record h2")
        assert page.locator("main img, main script").count() == 0
        page.click("button:has-text('Clear')")
        page.wait_for_selector(".record", state="detached")


def test_a_review_is_written_by_keyboard_and_with_a_key_alone(browser: Browser, reviewed_server: tuple[str, str]) -> None:
    server, key = reviewed_server
    with opened(browser, server) as page:
        visit(page, "/review?country=NOR")
        heading = page.inner_text(".review h2")
        page.keyboard.press("y")
        page.wait_for_selector("[role=status]:has-text('D631')")
        assert page.inner_text(".review h2") == heading
        page.fill("input[name=held]", key)
        page.keyboard.press("Enter")
        page.keyboard.press("n")
        page.wait_for_selector("[role=status]:has-text('rejected')")
        page.wait_for_selector(".review h2:has-text('2 of')")
        visit(page, "/review?country=NOR")
        assert "reviews so far: 1" in page.inner_text("main")


def test_the_theme_can_be_chosen_and_stays(browser: Browser, server: str) -> None:
    with opened(browser, server, color_scheme="light") as page:
        visit(page, "/today")
        paper = "getComputedStyle(document.documentElement).backgroundColor"
        before = page.evaluate(paper)
        page.click("#theme")
        page.wait_for_selector("html[data-theme=dark]")
        after = page.evaluate(paper)
        assert after != before
        visit(page, "/dyad")
        assert page.evaluate(paper) == after


def test_an_embedded_view_stands_alone(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, "/network?embed=1&least=1")
        assert not page.is_visible("#bar")
        assert page.locator(".ring .node").count() > 3


def test_a_failing_service_is_told_and_can_be_asked_again(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        told = '{"code": "D501", "message": "the record cannot be read", "where": "here"}'
        page.route("**/api/v1/dyads?*", lambda route: route.fulfill(status=503, content_type="application/json", body=told))
        page.route("**/api/v1/dyads", lambda route: route.abort())
        visit(page, "/dyad")
        assert "does not answer" in page.inner_text("[role=alert]")
        visit(page, "/dyad?country=NOR")
        assert "the record cannot be read" in page.inner_text("main [role=alert]")
        page.unroute("**/api/v1/dyads?*")
        page.click("button:has-text('Try again')")
        page.wait_for_selector("table")


def test_a_slow_service_is_waited_for_and_an_old_answer_never_shown(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        held: list[Any] = []
        page.route("**/api/v1/networks*", lambda route: held.append(route))  # noqa: PLW0108 - playwright looks at the signature
        page.goto("/network")
        page.wait_for_selector(".loading")
        page.click("#nav a[data-view=stories]")
        page.wait_for_selector("h1:has-text('Stories')")
        for route in held:
            route.continue_()
        page.wait_for_timeout(300)
        assert page.inner_text("main h1") == "Stories"


def test_an_empty_record_says_what_to_do(browser: Browser, empty_server: str) -> None:
    with opened(browser, empty_server) as page:
        for address in ("/today", "/events", "/stories", "/dyad", "/dyad/RUS-UKR", "/country", "/network", "/map", "/treaties", "/harm", "/sources", "/signals"):
            visit(page, address)
            assert page.is_visible(".state.empty"), address


def test_a_signal_leads_to_its_sentence_and_the_address_brings_the_list_back(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, "/signals")
        everything = page.locator("article.record").count()
        page.select_option("select[name=kind]", "threshold")
        page.click("form button:has-text('Ask')")
        page.wait_for_url("**/signals?*kind=threshold*")
        page.wait_for_selector("a[data-row]:has-text('pressure')")
        some = page.locator("article.record").count()
        assert 0 < some < everything
        page.reload()
        page.wait_for_selector("article.record")
        assert page.locator("article.record").count() == some
        assert page.locator("article.record:has-text('raids')").count() == 0
        page.locator("article.record li a").first.click()
        page.wait_for_url("**/story/*?event=*")
        page.wait_for_selector(".record.picked")


def test_signals_are_paged_told_to_be_none_and_their_failure_is_told(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, "/signals?limit=1")
        first = page.inner_text("article.record h2")
        page.click("a:has-text('Older signals')")
        page.wait_for_url("**/signals?*cursor=*")
        page.wait_for_function("told => document.querySelector('article.record h2')?.innerText !== told", arg=first)
        visit(page, "/signals?rule=nobody")
        assert page.is_visible(".state.empty")
        visit(page, "/signals?kind=mach")
        assert page.is_visible("main [role=alert]")
        told = '{"code": "D135", "message": "the state of signals cannot be read", "where": "here"}'
        page.route("**/api/v1/signals*", lambda route: route.fulfill(status=503, content_type="application/json", body=told))
        visit(page, "/signals?rule=raids")
        assert "cannot be read" in page.inner_text("main [role=alert]")
        page.unroute("**/api/v1/signals*")
        page.click("button:has-text('Try again')")
        page.wait_for_selector("article.record")


def kept(page: Page, button: str) -> bytes:
    """Press a button and give the file that the browser is handed."""
    with page.expect_download() as download:
        page.locator(button).first.click()
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize(("address", "csv"), [("/dyad/RUS-UKR", b"start"), ("/network?least=1", b"a,b"), ("/map", b"name")])
def test_charts_are_kept_as_svg_png_and_csv(browser: Browser, server: str, address: str, csv: bytes) -> None:
    with opened(browser, server, accept_downloads=True) as page:
        visit(page, address)
        page.wait_for_selector(".saving")
        drawing = ET.fromstring(kept(page, ".saving button:has-text('SVG')"))  # noqa: S314 - the page's own drawing
        assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
        shapes = [e for e in drawing.iter() if e.tag.rpartition("}")[2] in {"path", "circle", "rect"}]
        assert len(shapes) > 3
        assert all(e.get("fill") for e in shapes)  # stands alone, without the style sheet
        assert kept(page, ".saving button:has-text('PNG')").startswith(b"\x89PNG")
        assert kept(page, ".saving a:has-text('CSV')").startswith(csv)


def test_borders_are_chosen_and_the_choice_stands_in_the_address(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, "/map")
        crimea = page.locator("path[data-land=crimea].disputed")
        assert crimea.get_attribute("data-counts-for") == "RUS"
        page.select_option("select[name=borders]", "un")
        page.wait_for_url("**/map?*borders=un*")
        page.wait_for_selector("path[data-land=crimea][data-counts-for=UKR]", state="attached")
        assert page.locator("path[data-land=jammu-kashmir].disputed").get_attribute("data-counts-for") == "open"
        visit(page, "/map?borders=SRB")
        assert page.locator("path[data-land=Kosovo]").get_attribute("data-counts-for") == "SRB"
        assert page.input_value("select[name=borders]") == "SRB"


def test_the_network_slides_over_time_by_keyboard(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, "/network?least=1")
        page.locator("#slide").focus()
        page.keyboard.press("Home")
        page.wait_for_url("**since=2024-01-01*")
        page.wait_for_selector("output:has-text('2024-01-01')")
        before = page.inner_text(".head p")
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**since=2024-02-01*")
        visit(page, "/network?least=1&since=2024-02-01&until=2024-02-29")
        assert page.input_value("#slide-span") == "1"
        assert "2024-02-29" in page.inner_text(".slider output")
        assert before
        page.click("button:has-text('All the time')")
        page.wait_for_url(re.compile(r"/network\?least=1$"))


def test_a_story_tells_of_its_versions(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, VIEWS["story"])
        page.wait_for_selector("section[aria-label=Versions] .quiet")
        assert "Looked for among" in page.inner_text("section[aria-label=Versions]")


@pytest.mark.parametrize("name", [n for n in VIEWS if n not in {"paste", "missing"}])
def test_a_view_says_as_of_when_it_is_even_where_it_stands_alone(browser: Browser, server: str, name: str) -> None:
    with opened(browser, server) as page:
        address = VIEWS[name]
        visit(page, address + ("&" if "?" in address else "?") + "embed=1")
        assert re.search(r"as of \d{4}-\d{2}-\d{2}T", page.inner_text("main"))


def test_a_record_that_cannot_be_read_anew_is_said_to_be_old(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        health = '{"status": "stale", "as_of": "2024-06-09T00:00:00+00:00", "version": "1", "events": 1, "stories": 1, "ready": 1, "trouble": "the disk is gone"}'
        page.route("**/health", lambda route: route.fulfill(status=200, content_type="application/json", body=health))
        visit(page, "/network?embed=1&least=1")
        page.wait_for_selector("#stale:has-text('the disk is gone')")


def test_every_view_is_reached_and_walked_by_keys(browser: Browser, server: str) -> None:
    with opened(browser, server) as page:
        visit(page, "/paste")
        page.locator("main").focus()
        keys = page.eval_on_selector_all("#nav a", "links => links.map(a => [a.dataset.view, a.title.slice(-1)])")
        assert len(keys) >= 12
        for name, key in keys[::-1]:
            before = page.title()
            page.evaluate("document.activeElement?.blur()")
            for _ in range(5):  # the second key has to come soon after the first, which a busy machine may not manage
                page.keyboard.press("g")
                page.keyboard.press(key)
                page.wait_for_timeout(200)
                if page.url.endswith(f"/{name}"):
                    break
            page.wait_for_selector(SHOWN)
            page.wait_for_selector(f"#nav a[aria-current][data-view={name}]")
            if name != "paste":
                page.wait_for_function("before => document.title !== before", arg=before)
            if page.locator("main [data-row] a, main a[data-row], main [data-row] button").count():
                page.keyboard.press("j")
                assert page.evaluate("document.querySelector('main').contains(document.activeElement) && document.activeElement.id !== 'view'"), name
