"""Keeps a page busy for an hour and says whether its memory grows.

    soak.py NURI SAMPLE [--minutes 60] [--page Page]

SAMPLE is a data folder that `nuri sample yeoksam` made; it is written to. Ten changes a second arrive; time is played,
panels open and close, worlds are forked, compared and discarded, twins are selected, colours, language, theme change.
At the end of every minute, back where it began: the page's heap after a forced collection, its nodes and listeners, and
the resident memory of the page's processes and of the server. The last lines say by how much each grows in an hour, by
the line of least squares through all minutes but the first fifth.
"""

import argparse
import itertools
import pathlib
import random
import time

from browse import ROOT, Server, Writer, memory, until
from pipe import Browser

BUILDING = "dtmi:nuri:yeoksam:Building;1"
COLUMNS = {
    "heap": "MB", "nodes": "", "listeners": "", "renderer": "MB", "gpu-process": "MB", "server": "MB", "changes": "",
}
PANELS = ["card", "charts", "graph", "query", "models", "edit", "worlds", "difference", "views", "admin"]


def changes(server):
    """One change after the other, of the area of some building."""
    index = server.ask("/v1/worlds/live/tiles")
    layer = next(each for each in index["layers"] if each["model"] == BUILDING)
    ids = [one for tile in layer["tiles"] for one in server.ask(f"/v1/worlds/live/tiles/{tile['hash']}/ids")]
    dice = random.Random(1)
    return ids, ({"op": "patchTwin", "id": dice.choice(ids), "set": {"area": dice.randrange(20, 900)}}
                 for _ in itertools.count())


class Visitor:
    """Somebody who does one thing after the other."""

    def __init__(self, page, server, ids):
        self.page, self.server, self.ids = page, server, ids
        self.dice = random.Random(2)
        self.forks = 0

    def set(self, **patch):
        self.page.evaluate("(patch) => nuri.store.set(patch)", patch)

    def wait(self, seconds=0.6):
        self.page.wait_for_timeout(1000 * seconds)

    def play(self):
        boardings = {"model": "dtmi:nuri:yeoksam:SubwayStation;1", "path": "typicalBoardings"}
        self.set(at="2018-05-02T00:00:00.000Z", colour=boardings)
        self.set(playing=True, speed=21600)
        self.wait(4)
        self.set(playing=False, at=None)

    def panels(self):
        self.set(selection=self.dice.sample(self.ids, 2), colour={"model": BUILDING, "path": "area"})
        for name in PANELS:
            tool = f"#tool-{name}"
            if not self.page.has(tool):
                continue
            self.page.click(tool)
            self.wait()
            if name == "charts":
                for number in range(3):
                    self.page.click(".panel-charts [role=tab]", number)
                    self.wait()
            self.page.click(tool)

    def fork(self):
        self.forks += 1
        name = f"soak-{self.forks}"
        self.server.ask("/v1/worlds", "POST", {"name": name})
        until(self.page, f"nuri.store.state.worlds.some((each) => each.name === '{name}')")
        self.set(world=name, other="live", selection=[self.ids[0]], panel="edit")
        self.wait()
        self.page.click("#storey-more")
        self.wait()
        for mode in ("side", "swipe", "difference"):
            self.set(mode=mode, panel="difference")
            self.wait(1)
        self.set(world="live", other=None, mode="single", panel=None)
        self.server.ask(f"/v1/worlds/{name}", "DELETE")
        until(self.page, "nuri.store.state.worlds.length === 1")

    def looks(self):
        for patch in ({"language": "ko"}, {"theme": "light"}, {"language": "en"}, {"theme": "dark"},
                      {"tall": {"model": BUILDING, "path": "storeys"}}, {"tall": None}):
            self.set(**patch)
            self.wait(0.3)
        x, y = self.page.middle("#map")
        for step in range(5):
            self.page.mouse("mouseWheel", x + 30 * step, y, deltaX=0, deltaY=200 if step < 2 else -200)
            self.wait(0.2)
        self.page.click_at(x, y)
        self.wait()

    def rest(self):
        """Back to where it began."""
        self.set(selection=[], panel=None, at=None, playing=False, world="live", other=None, mode="single", tall=None,
                 colour={"model": BUILDING, "path": "area"})
        self.wait(2)


def measure(page, server, written):
    for _ in range(2):
        page.send("HeapProfiler.collectGarbage")
    found = {each["name"]: each["value"] for each in page.send("Performance.getMetrics")["metrics"]}
    resident = memory()
    return [found["JSHeapUsedSize"] / 1e6, found["Nodes"], found["JSEventListeners"], resident.get("renderer", 0) / 1e6,
            resident.get("gpu-process", 0) / 1e6, server.memory() / 1e6, written]


def slope(rows):
    """Growth in an hour of each column."""
    rows = rows[len(rows) // 5:]
    if len(rows) < 2:
        return [0] * len(COLUMNS)
    times = [60 * time for time, _ in rows]
    middle = sum(times) / len(times)
    spread = sum((time - middle) ** 2 for time in times)
    columns = zip(*[values for _, values in rows])
    return [3600 * sum((time - middle) * value for time, value in zip(times, column)) / spread for column in columns]


def line(head, values):
    print(f"{head:>8} " + " ".join(f"{value:>12,.1f}" for value in values), flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("nuri")
    arguments.add_argument("sample")
    arguments.add_argument("--minutes", type=float, default=60)
    arguments.add_argument("--page", type=pathlib.Path, default=ROOT / "Page")
    asked = arguments.parse_args()
    server = Server(asked.nuri, asked.sample, asked.page)
    ids, operations = changes(server)
    writer = Writer(server, operations, 1, 10)
    rows = []
    with Browser(server) as page:
        page.goto(server.url)
        until(page, "document.querySelector('body[data-ready]') !== null")
        until(page, "nuri.city.isComplete() && nuri.store.state.worlds.length > 0")
        page.send("Performance.enable")
        writer.start()
        visitor = Visitor(page, server, ids)
        heads = [f"{name} {unit}".strip() for name, unit in COLUMNS.items()]
        print(f"{'minute':>8} " + " ".join(f"{head:>12}" for head in heads))
        began = time.monotonic()
        for act in itertools.cycle([visitor.panels, visitor.play, visitor.fork, visitor.looks]):
            act()
            minute = (time.monotonic() - began) / 60
            if minute < len(rows) + 1:
                continue
            visitor.rest()
            rows.append((minute, measure(page, server, writer.written)))
            line(f"{minute:.1f}", rows[-1][1])
            if minute >= asked.minutes:
                break
        errors = page.evaluate("thrown")
    writer.stop()
    server.stop()
    line("an hour", slope(rows))
    for error in sorted(set(errors)):
        print(f"thrown {errors.count(error)} times: {error}")


if __name__ == "__main__":
    main()
