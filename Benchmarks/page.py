"""The row `page`: what the page costs in a browser, by the server as it is delivered.

    page.py NURI FOLDER RUNS [BUILDINGS]

On the Yeoksam sample: the first load, interaction to next paint, scrubbing, a thousand changes a second. Then as many
buildings as Seoul has (Samples/yeoksam/seoul.py): first pictures, a change of values, memory. The browser is Debian's
Chromium with SwiftShader: the processor draws, beside the server. Fewer than 630,000 buildings make all of it short.
ROWS=sample or ROWS=metropolis measures one of the two alone.
"""

import itertools
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time

from browse import ROOT, Browser, Server, Writer, until

BUILDING = "dtmi:nuri:yeoksam:Building;1"
BOARDINGS = {"model": "dtmi:nuri:yeoksam:SubwayStation;1", "path": "typicalBoardings"}
AREA = {"model": BUILDING, "path": "area"}
DRAWN = "nuri.city.isComplete() && nuri.city.figures().firstPicture"

# What the page notes about itself; all times are milliseconds since 1970, as the writer's are.
WATCH = """() => {
  const now = () => performance.timeOrigin + performance.now();
  window.seen = { step: "", interactions: new Map(), tasks: [], frames: [], drawn: [], moves: [] };
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, startTime, processingStart, processingEnd, name } of list.getEntries()) {
      const step = seen.steps?.findLast((each) => each.time <= startTime)?.name ?? "";
      const parts = [processingStart - startTime, processingEnd - processingStart, startTime + duration - processingEnd];
      const had = seen.interactions.get(interactionId);
      if (interactionId && !(had?.duration >= duration)) {
        seen.interactions.set(interactionId, { step: `${step}: ${name}`, duration, parts });
      }
    }
  }).observe({ type: "event", durationThreshold: 16 });
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((each) => each.duration)))
    .observe({ type: "longtask" });
  let last = null;
  const frame = () => {
    seen.frames.push(now());
    const { drawn } = nuri.city.figures();
    if (drawn !== last && drawn) seen.drawn.push({ time: now(), ...drawn });
    last = drawn;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  nuri.store.on(["at"], ({ at }) => seen.moves.push({ time: now(), at }));
}"""


def figure(case, unit, value):
    print(f"figure\tpage\t{case}\tNuri\t{unit}\t{value:.6g}", flush=True)


def share(values, part):
    """The value below which so much of them lies."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def set_state(page, **patch):
    page.evaluate("(patch) => nuri.store.set(patch)", patch)


def seen(page):
    return page.evaluate("({ ...seen, interactions: [...seen.interactions.values()] })")


def forget(page):
    page.evaluate("seen.tasks.length = seen.frames.length = seen.drawn.length = seen.moves.length = 0")


def opened(browser, server, context=None):
    """A page that shows the city; and compressed MB of `tiles` and of the `rest`, seconds until it was `complete`."""
    page = (context or browser.context(server)).new_page()
    found = {"tiles": 0, "rest": 0}
    addresses = {}
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.requestWillBeSent", lambda e: addresses.update({e["requestId"]: e["request"]["url"]}))

    def finished(event):
        address = addresses.get(event["requestId"], "")
        kind = "tiles" if "/tiles" in address or "/values" in address else "rest"
        found[kind] += event["encodedDataLength"] / 1e6
    devtools.on("Network.loadingFinished", finished)
    page.goto(server.url)
    page.wait_for_selector("body[data-ready]")
    until(page, DRAWN, 120)
    found["complete"] = page.evaluate("performance.now()") / 1000
    return page, found


def load(browser, server):
    page, found = opened(browser, server)
    figure("first load, compressed, without tiles", "MB", found["rest"])
    figure("first load: ready", "s", page.evaluate("performance.getEntriesByName('ready')[0].startTime") / 1000)
    figure("first load: first picture", "s", page.evaluate("nuri.city.figures().firstPicture") / 1000)
    for panel in ("charts", "graph", "query"):
        page.click(f"#tool-{panel}")
        page.locator(f".panel-{panel} .panel-body > *").first.wait_for()
    page.wait_for_timeout(500)
    figure("all of the page and its libraries, compressed", "MB", found["rest"])
    page.context.close()


def interactions(page):
    """What somebody does, each by the pointer or the keyboard: `(name, act)`."""
    box = page.locator("#map").bounding_box()
    point = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
             for x, y in ((0.4, 0.6), (0.5, 0.5), (0.45, 0.55))]
    click = lambda selector: lambda: page.locator(selector).first.click()
    press = lambda selector, key: lambda: page.locator(selector).first.press(key)
    for name in ("card", "charts", "graph", "query", "models", "worlds", "edit", "views", "admin"):
        if page.locator(f"#tool-{name}").count():
            yield f"open {name}", click(f"#tool-{name}")
            yield f"open {name} again", lambda: (click(f"#tool-{name}")(), click(f"#tool-{name}")())
    for at in point:
        yield "select on the map", lambda: page.mouse.click(*at)
    for tab in (1, 2, 0):
        yield "open charts with a selection", click("#tool-charts") if tab == 1 else lambda: None
        yield "change the kind of chart", lambda: page.locator(".panel-charts [role=tab]").nth(tab).click()
    yield "close the panel", click("#tool-charts")
    for _ in range(3):
        yield "step in time", press("#thumb", "ArrowLeft")
    yield "go to the beginning", press("#thumb", "Home")
    yield "step in time", press("#thumb", "ArrowRight")
    yield "click on the slider", click("#track")
    yield "go to now", click("#go-live")
    yield "zoom the slider", click("#time-closer")
    yield "zoom the slider", click("#time-wider")
    for number in (0, 1, 0):
        yield "show or hide a layer", lambda: page.locator("#layers input[type=checkbox]").nth(number).click()
    yield "choose what colours", lambda: page.locator("#colour-by").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        yield "colour by another property", press("#colour-by", key)
    yield "open the account menu", click(".account-open")
    for name in ("한국어", "English", "Light", "Dark"):
        yield f"choose {name}", lambda: page.locator("#account-menu").get_by_text(name, exact=True).click()
    yield "close the account menu", lambda: page.keyboard.press("Escape")
    yield "open the fork dialog", click("#fork")
    yield "fork", lambda: page.locator("dialog button[type=submit]").click()
    yield "add a storey", click("#storey-more")
    yield "undo", click("#edit-undo")
    for mode in ("side", "swipe", "difference", "single"):
        yield f"compare: {mode}", click(f"#mode-{mode}")
    yield "search", lambda: page.locator("#search input").press_sequentially("gangnam", delay=60)
    yield "move the map by keys", press("#map", "ArrowUp")


def interact(server, page):
    """Interaction to next paint, as browsers report it: in steps of 8 ms, from 16 ms on."""
    page.evaluate("seen.steps = []")
    ids = server.ask(f"/v1/worlds/live/tiles/{layer_of(server)['tiles'][0]['hash']}/ids")
    set_state(page, selection=[], panel=None)
    for name, act in interactions(page):
        if name == "open the fork dialog":
            set_state(page, selection=ids[:1])
        page.evaluate("(name) => seen.steps.push({ name, time: performance.now() })", name)
        act()
        page.wait_for_timeout(350)
    page.wait_for_timeout(500)
    found = seen(page)
    slow = sorted(found["interactions"], key=lambda each: -each["duration"])
    # Those that took less than 16 ms are not reported; there is one at least for every step.
    times = [each["duration"] for each in slow] + [16] * max(0, len(found["steps"]) - len(slow))
    figure("interaction to next paint, 98 of 100", "ms", share(times, 0.98))
    figure("interaction to next paint, median", "ms", statistics.median(times))
    for each in slow[:8]:
        waited, handled, painted = each["parts"]
        print(f"page: {each['duration']} ms (waited {waited:.0f}, handled {handled:.0f}, until painted {painted:.0f}): "
              f"{each['step']}", file=sys.stderr)
    print(f"page: {len(times)} interactions", file=sys.stderr)


def scrub(page, steps):
    """The pointer goes along the slider, 20 steps a second; the stations' colours and heights follow."""
    set_state(page, panel=None, selection=[], world="live", other=None, mode="single", colour=BOARDINGS, tall=BOARDINGS)
    page.wait_for_timeout(1500)
    box = page.locator("#track").bounding_box()
    spot = lambda step: (box["x"] + box["width"] * (0.15 + 0.6 * step / steps), box["y"] + 12)
    page.mouse.move(*spot(0))
    page.mouse.down()
    page.wait_for_timeout(800)
    forget(page)
    began = time.perf_counter()
    for step in range(1, steps + 1):
        page.mouse.move(*spot(step))
        time.sleep(max(0, began + step / 20 - time.perf_counter()))
    spent = time.perf_counter() - began
    page.mouse.up()
    until(page, "nuri.city.figures().drawn?.at === nuri.store.state.at")
    page.wait_for_timeout(200)
    found = seen(page)
    past = [each for each in found["drawn"] if each["at"]]
    delays = [next(drawn["time"] for drawn in past if drawn["at"] >= move["at"]) - move["time"]
              for move in found["moves"]]
    during = [each for each in found["drawn"] if each["time"] <= found["moves"][-1]["time"]]
    figure("scrubbing: from the pointer to its instant's picture, median", "ms", statistics.median(delays))
    figure("scrubbing: the same, 95 of 100", "ms", share(delays, 0.95))
    figure("scrubbing: instants drawn", "/s", len(during) / spent)
    page.click("#go-live")


def stream(server, page, seconds):
    """A thousand changes a second of what colours the map, two of the changed twins on a chart."""
    ids = [one for tile in layer_of(server)["tiles"] for one in server.ask(f"/v1/worlds/live/tiles/{tile['hash']}/ids")]
    dice = random.Random(1)
    pick = lambda number: ids[number % 2] if number % 50 < 2 else dice.choice(ids)
    operations = ({"op": "patchTwin", "id": pick(number), "set": {"area": dice.randrange(20, 900)}}
                  for number in itertools.count())
    set_state(page, panel="charts", selection=ids[:2], colour=AREA, tall=None, at=None)
    page.wait_for_timeout(3000)
    acknowledged = []
    note = lambda answer: acknowledged.append((1000 * time.time(), answer["last"]))
    writer = Writer(server, operations, 50, 20, note)
    forget(page)
    writer.start()
    page.wait_for_timeout(1000 * seconds)
    writer.stop()
    until(page, f"nuri.city.figures().drawn.sequence >= {acknowledged[-1][1]}")
    page.wait_for_timeout(200)
    found = seen(page)
    began, ended = acknowledged[0][0], acknowledged[-1][0]
    times = [each for each in found["frames"] if began <= each <= ended]
    gaps = [b - a for a, b in zip(times, times[1:])]
    delays = [next(drawn["time"] for drawn in found["drawn"] if drawn["sequence"] >= last) - at
              for at, last in acknowledged]
    figure("1,000 changes/s: changes written", "/s", writer.written / (ended - began) * 1000)
    figure("1,000 changes/s: from acknowledged to drawn, median", "ms", statistics.median(delays))
    figure("1,000 changes/s: the same, 95 of 100", "ms", share(delays, 0.95))
    figure("1,000 changes/s: frames", "/s", len(gaps) / (ended - began) * 1000)
    figure("1,000 changes/s: longest time without a frame", "ms", max(gaps))
    figure("1,000 changes/s: tasks over 50 ms", "/s", len(found["tasks"]) / (ended - began) * 1000)
    set_state(page, panel=None, selection=[])


def layer_of(server):
    return next(each for each in server.ask("/v1/worlds/live/tiles")["layers"] if each["model"] == BUILDING)


def sample(nuri, folder, runs, is_quick):
    subprocess.run([nuri, "sample", "yeoksam", "--data", f"{folder}/yeoksam", "--quiet"], check=True)
    for run in range(runs):
        data = f"{folder}/run"
        shutil.copytree(f"{folder}/yeoksam", data)
        server = Server(nuri, data)
        try:
            with Browser() as browser:
                load(browser, server)
                page, _ = opened(browser, server)
                page.evaluate(WATCH)
                interact(server, page)
                page.reload()
                page.wait_for_selector("body[data-ready]")
                until(page, DRAWN)
                page.evaluate(WATCH)
                scrub(page, 20 if is_quick else 60)
                stream(server, page, 5 if is_quick else 20)
        finally:
            server.stop()
            shutil.rmtree(data)


def metropolis(nuri, folder, runs, buildings):
    world, data = f"{folder}/seoul.ndjson", f"{folder}/seoul"
    with open(world, "w") as out:
        subprocess.run([sys.executable, ROOT / "Samples/yeoksam/seoul.py", str(buildings)], check=True, stdout=out)
    subprocess.run([nuri, "init", "--data", data], check=True, stdout=subprocess.DEVNULL)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([nuri, "import", world, "--data", data], check=True, **quiet)
    os.remove(world)
    case = f"{buildings:,} buildings: "
    for _ in range(runs):
        server = Server(nuri, data)
        try:
            with Browser() as browser:
                page, found = opened(browser, server)
                figure(f"{case}first picture, server just started", "s", first_picture(page))
                figure(f"{case}smooth picture of all that is in sight, server just started", "s", found["complete"])
                page.context.close()
                context = browser.context(server)
                page, found = opened(browser, server, context)
                figure(f"{case}first picture", "s", first_picture(page))
                figure(f"{case}smooth picture of all that is in sight", "s", found["complete"])
                figure(f"{case}tiles of the first view, compressed", "MB", found["tiles"])
                page.close()
                page, _ = opened(browser, server, context)
                figure(f"{case}first picture, seen before", "s", first_picture(page))
                update(server, page, case)
                memory(browser, server, page, case)
        finally:
            server.stop()


def first_picture(page):
    return page.evaluate("nuri.city.figures().firstPicture") / 1000


def update(server, page, case):
    """What the page's thread spends on the values of all buildings."""
    set_state(page, colour=AREA)
    identity = server.ask(f"/v1/worlds/live/tiles/{layer_of(server)['tiles'][0]['hash']}/ids")[0]
    times = []
    for area in range(10):
        answer = server.ask("/v1/worlds/live/batch", "POST",
                            json.dumps({"op": "patchTwin", "id": identity, "set": {"area": 100 + area}}))
        until(page, f"nuri.city.figures().drawn.sequence >= {answer['last']}")
        times.append(page.evaluate("nuri.city.figures().update + nuri.city.figures().upload"))
    figure(f"{case}change of values", "ms", statistics.median(times))


def memory(browser, server, page, case):
    devtools = page.context.new_cdp_session(page)
    devtools.send("HeapProfiler.collectGarbage")
    found = page.evaluate("nuri.city.figures()")
    figure(f"{case}geometry and textures", "MB", (found["geometryBytes"] + found["textureBytes"]) / 1e6)
    figure(f"{case}heap of the page", "MB", page.evaluate("performance.memory.usedJSHeapSize") / 1e6)
    for kind in ("renderer", "gpu-process"):
        figure(f"{case}resident memory, {kind}", "MB", browser.memory().get(kind, 0) / 1e6)
    figure(f"{case}resident memory, server", "MB", server.memory() / 1e6)


def main():
    nuri, folder, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    buildings = int(sys.argv[4]) if len(sys.argv) > 4 else 630_000
    subprocess.run([ROOT / "scripts/page-libraries"], check=True)
    shutil.rmtree(folder, ignore_errors=True)
    pathlib.Path(folder).mkdir(parents=True)
    rows = os.environ.get("ROWS", "sample metropolis")
    if "sample" in rows:
        sample(nuri, folder, runs, buildings < 630_000)
    if "metropolis" in rows:
        metropolis(nuri, folder, runs, buildings)


if __name__ == "__main__":
    main()
