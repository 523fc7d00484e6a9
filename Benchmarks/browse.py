"""A server with the page, a browser on it, and somebody who writes: what page.py and soak.py share."""

import http.client
import json
import os
import pathlib
import subprocess
import threading
import time

from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[1]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# As Chromium is on a machine without a graphics card, as the tests of the page have it too: the processor draws, WebGL
# by SwiftShader. (More flags would have the page itself put together by SwiftShader, which nobody's browser does.)
FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader", "--enable-precise-memory-info"]


class Server:
    """`nuri serve` of a data folder with the page. Without TLS: a browser trusts 127.0.0.1 as it trusts an encrypted
    origin."""

    def __init__(self, nuri, data, page=ROOT / "Page"):
        self.process = subprocess.Popen(
            [nuri, "serve", "--data", data, "--page", page, "--listen", "127.0.0.1:0", "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        facts = json.loads(self.process.stdout.readline())
        kept = pathlib.Path(data) / "bench.key"
        if facts.get("adminKey"):
            kept.write_text(facts["adminKey"])
        self.key = kept.read_text()
        self.url = facts["addresses"][0]

    def connect(self):
        """A connection, for many requests by one thread."""
        return http.client.HTTPConnection(self.url.removeprefix("http://"))

    def ask(self, path, method="GET", body=None, connection=None):
        """The JSON of an answer; text is sent as NDJSON."""
        connection = connection or self.connect()
        kind = "application/x-ndjson" if isinstance(body, str) else "application/json"
        body = body if body is None or isinstance(body, str) else json.dumps(body)
        connection.request(method, path, body, {"Authorization": f"Bearer {self.key}", "Content-Type": kind})
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status < 300, (path, answer.status, data[:300])
        return json.loads(data) if data else None

    def memory(self):
        return resident(self.process.pid)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Writer(threading.Thread):
    """Writes `each` of `operations` so many times a second, and tells `done` what was answered, until it is stopped."""

    def __init__(self, server, operations, each, rate, done=lambda answer: None):
        super().__init__(daemon=True)
        self.server, self.operations, self.each, self.pause, self.done = server, operations, each, 1 / rate, done
        self.ended = threading.Event()
        self.written = 0

    def run(self):
        connection = self.server.connect()
        due = time.perf_counter()
        while not self.ended.is_set():
            some = [next(self.operations) for _ in range(self.each)]
            lines = "".join(json.dumps(one) + "\n" for one in some)
            answer = self.server.ask("/v1/worlds/live/batch", "POST", lines, connection)
            self.written += len(some)
            self.done(answer)
            due = max(due + self.pause, time.perf_counter() - 1)
            self.ended.wait(max(0, due - time.perf_counter()))
        connection.close()

    def stop(self):
        self.ended.set()
        self.join()


class Browser:
    """A Chromium. Use it with `with`."""

    def __enter__(self):
        self.driver = sync_playwright().start()
        self.browser = self.driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        return self

    def __exit__(self, *_):
        self.browser.close()
        self.driver.stop()

    def context(self, server, theme="dark"):
        """Somebody who is signed in as admin and has seen the tour; nothing is cached yet."""
        context = self.browser.new_context(
            viewport={"width": 1440, "height": 900}, timezone_id="Asia/Seoul", locale="en-GB", color_scheme=theme)
        context.set_default_timeout(60_000)
        context.add_init_script(signed_in(server, theme))
        return context

    def memory(self):
        return memory()


def signed_in(server, theme="dark"):
    """The script that makes a page that of an admin who has seen the tour."""
    kept = {"nuri.language": "en", "nuri.theme": theme, "nuri.toured": "yes"}
    return f"""
      if (location.origin === {json.dumps(server.url)} && !localStorage.getItem("nuri.toured")) {{
        for (const [name, value] of Object.entries({json.dumps(kept)})) localStorage.setItem(name, value);
      }}
      if (location.origin === {json.dumps(server.url)}) sessionStorage.setItem("nuri.token", {json.dumps(server.key)});"""


def memory():
    """Resident bytes of the processes below this one by kind: `renderer` (the page), `gpu-process`, …"""
    parents, kinds = {}, {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").split()
        except (OSError, ValueError):
            continue
        kinds[int(folder.name)] = next((w[7:].decode() for w in words if w.startswith(b"--type=")), "browser")
    found = {}
    for process, kind in kinds.items():
        above = process
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid() and process != above:
            found[kind] = found.get(kind, 0) + resident(process)
    return found


def resident(process):
    """Resident bytes of a process, 0 once it is gone."""
    try:
        for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def until(page, script, seconds=60):
    """The script's value once it is true; the page's policy forbids Playwright's own way."""
    end = time.monotonic() + seconds
    while not (value := page.evaluate(script)):
        assert time.monotonic() < end, f"never true: {script}"
        page.wait_for_timeout(20)
    return value
