"""What every browser test stands on: a server, a signed-in page, eyes for pictures, and no patience for errors.

    site      the server: `url`, `key`, `ask(method, path, body)`, `stop()` and `start()`
    page      the page, ready, signed in as admin, English, dark
    ko_page   the same in Korean
    open_page `open_page(language=…, theme=…, key=…, path=…, size=…)` for any other; `has_touch=True` for fingers
    pixels    `pixels(page_or_locator)`: `colours`, `background` (the share of the commonest), `painted` or not
    shot      `shot(page, name)` leaves a picture in Tests/Page/shots
    axe       `axe(page)` fails on any breach of accessibility rules
    drawn     `drawn(page)` waits until all of the map that is in sight is drawn
    key_of    `key_of(*roles)` makes a key with these roles: its text and its id
    until     `until(page, script)` waits for a script's value to be true; the policy forbids Playwright's own way
    no_errors for every test: errors in the console, breaches of the content security policy, answers 5xx, missing files
              and requests to another origin fail it. `no_errors.expect(words)` lets an error pass that a test causes.
"""

import collections
import io
import json
import os
import pathlib
import time
import urllib.parse

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from sample import Site

SHOTS = pathlib.Path(__file__).parent / "shots"
# The processor draws the pictures and compiles beside that: a person would see the same sooner.
expect.set_options(timeout=30_000)
# As Chromium is on a machine without a graphics card.
FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader"]


@pytest.fixture(scope="module")
def site():
    """One for each file: what a file changes, the next does not see."""
    site = Site()
    yield site
    site.close()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=os.environ["CHROMIUM"], args=FLAGS)
        yield browser
        browser.close()


class Errors:
    """What pages did that they should not have."""

    def __init__(self, origin):
        self.origin = origin
        self.found = []
        self.expected = []

    def expect(self, words):
        """An error with these words in it is no failure."""
        self.expected.append(words)

    def watch(self, context):
        """Notices what the pages of a browser context do."""
        context.on("page", self._watch_page)
        context.on("request", lambda request: self._reaches(request.url))
        context.on("response", self._answers)
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (e) =>"
            " console.error('policy breach', e.violatedDirective, e.blockedURI, e.sourceFile));")

    def check(self):
        left = [each for each in self.found if not any(words in each for words in self.expected)]
        assert not left, "\n".join(left)

    def _watch_page(self, page):
        page.on("pageerror", lambda error: self.found.append(f"thrown: {error}"))
        page.on("console", self._says)
        page.on("websocket", lambda socket: self._reaches(socket.url.replace("ws", "http", 1)))

    def _says(self, message):
        # What the API refuses is the page's to show; `_answers` looks at the rest.
        if message.type == "error" and not message.text.startswith("Failed to load resource: the server responded"):
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _answers(self, response):
        path = urllib.parse.urlsplit(response.url).path
        if response.status >= 500 or response.status >= 400 and (path == "/" or path.startswith("/page/")):
            self.found.append(f"answer: {response.status} {path}")

    def _reaches(self, url):
        if not url.startswith((self.origin + "/", "data:", "blob:")):
            self.found.append(f"another origin: {url}")


@pytest.fixture(autouse=True)
def no_errors(site):
    errors = Errors(site.url)
    yield errors
    errors.check()


@pytest.fixture
def open_page(site, browser, no_errors):
    contexts = []

    def open_page(language="en", theme="dark", key=True, path="/", size=(1440, 900), **more):
        """A page of its own; `key` true for the admin's, a text for another, `None` for nobody."""
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, timezone_id="Asia/Seoul",
            locale="ko-KR" if language == "ko" else "en-GB", reduced_motion="reduce", color_scheme=theme, **more)
        contexts.append(context)
        context.set_default_timeout(30_000)
        no_errors.watch(context)
        token = site.key if key is True else key
        # Once, not at every load: a test may sign out, or choose another language.
        kept = {"nuri.language": language, "nuri.theme": theme, "nuri.toured": "yes"}
        context.add_init_script(f"""
          if (location.origin === {json.dumps(site.url)} && !sessionStorage.getItem("test.prepared")) {{
            sessionStorage.setItem("test.prepared", "yes");
            for (const [name, value] of Object.entries({json.dumps(kept)})) localStorage.setItem(name, value);
            if ({json.dumps(token)}) sessionStorage.setItem("nuri.token", {json.dumps(token)});
          }}""")
        page = context.new_page()
        page.goto(site.url + path)
        page.wait_for_selector("body[data-ready]")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture
def ko_page(open_page):
    return open_page(language="ko")


class Pixels:
    """What a picture is made of."""

    def __init__(self, png):
        image = Image.open(io.BytesIO(png)).convert("RGB")
        counts = collections.Counter(image.get_flattened_data())
        self.size = image.size
        self.colours = len(counts)
        self.background = max(counts.values()) / (image.width * image.height)

    @property
    def painted(self):
        """Whether there is more to see than a plain surface with a frame."""
        return self.colours >= 24 and self.background < 0.985

    def __repr__(self):
        return f"{self.size[0]}×{self.size[1]}, {self.colours} colours, {self.background:.1%} background"


@pytest.fixture
def until():
    def until(page, script, seconds=30):
        """The script's value, once it is true."""
        end = time.monotonic() + seconds
        while not (value := page.evaluate(script)):
            assert time.monotonic() < end, f"never true: {script}"
            page.wait_for_timeout(25)
        return value
    return until


@pytest.fixture
def drawn(until):
    """Waits until all that is in sight is drawn and no picture is due."""
    def drawn(page):
        until(page, """() => nuri.city && nuri.city.figures().tiles > 0 && nuri.city.isComplete()
          && nuri.city.figures().drawn?.at === nuri.store.state.at""", 30)
        until(page, """async () => {
          const before = nuri.city.figures().frames;
          await new Promise((resolve) => setTimeout(resolve, 300));
          return nuri.city.figures().frames === before;
        }""", 30)
        return page
    return drawn


@pytest.fixture
def pixels():
    return lambda seen: Pixels(seen.screenshot())


@pytest.fixture
def shot():
    def shot(seen, name):
        SHOTS.mkdir(exist_ok=True)
        seen.screenshot(path=SHOTS / f"{name}.png")
    return shot


@pytest.fixture
def axe():
    def axe(page, context=None):
        results = Axe().run(page, context=context)
        assert results.violations_count == 0, results.generate_report()
    return axe


@pytest.fixture
def key_of(site):
    """`key_of(*roles)` makes a key with these roles: its text and its id."""
    made = []

    def key_of(*roles, label="test", groups=()):
        key = site.ask("POST", "/v1/keys", {"label": label, "roles": list(roles), "groups": list(groups)})
        made.append(key["id"])
        return key["key"], key["id"]

    yield key_of
    for each in made:
        site.ask("DELETE", f"/v1/keys/{each}?forget=true")
