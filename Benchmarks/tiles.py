"""The row `tiles`: 630,000 buildings as tiles, by the server as it is delivered, and by tippecanoe.

    tiles.py NURI FOLDER RUNS [BUILDINGS]

The buildings are the Yeoksam sample's footprints, tiled (Samples/yeoksam/seoul.py). The server is held to one core.
Times are of requests over TLS on this machine, as a client sees them. Prints a line for each figure.
"""

import http.client
import json
import os
import pathlib
import shutil
import ssl
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
MODEL = "dtmi:nuri:yeoksam:Building;1"


def figure(case, subject, unit, value):
    print(f"figure\ttiles\t{case}\t{subject}\t{unit}\t{value:.6g}", flush=True)


class Server:
    def __init__(self, nuri, data):
        self.process = subprocess.Popen(
            ["taskset", "-c", "0", nuri, "serve", "--data", data, "--tls", "--listen", "127.0.0.1:0", "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        facts = json.loads(self.process.stdout.readline())
        kept = pathlib.Path(data) / "bench.key"
        if facts.get("adminKey"):
            kept.write_text(facts["adminKey"])
        self.key = kept.read_text()
        host, port = facts["addresses"][0].removeprefix("https://").split(":")
        context = ssl.create_default_context(cafile=facts["authority"])
        self.connection = http.client.HTTPSConnection(host, int(port), context=context)

    def ask(self, path, method="GET", body=None, **headers):
        """Seconds, and the body."""
        start = time.perf_counter()
        self.connection.request(
            method, f"/v1/worlds/live{path}", body, {"Authorization": f"Bearer {self.key}", **headers})
        answer = self.connection.getresponse()
        data = answer.read()
        assert answer.status == 200, (path, answer.status, data[:300])
        return time.perf_counter() - start, data

    def memory(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
        return 0

    def stop(self):
        self.connection.close()
        self.process.terminate()
        self.process.wait()


def measure(server, count):
    before = server.memory()
    seconds, data = server.ask("/tiles")
    layer = next(each for each in json.loads(data)["layers"] if each["model"] == MODEL)
    assert layer["count"] == count
    figure("buildings from footprints to tiles, one core", "Nuri", "/s", count / seconds)
    figure("index again, nothing changed", "Nuri", "ms", 1e3 * statistics.median(server.ask("/tiles")[0] for _ in range(9)))
    for coding in ("gzip", "zstd"):
        size = sum(len(server.ask(f"/tiles/{tile['hash']}", **{"Accept-Encoding": coding})[1]) for tile in layer["tiles"])
        figure(f"all geometry on the wire, {coding}", "Nuri", "MB", size / 1e6)
    path = f"/values?model={MODEL}&path=height"
    figure("values of all buildings", "Nuri", "ms", 1e3 * statistics.median(server.ask(path)[0] for _ in range(15)))
    figure("memory for tiles", "Nuri", "MB", (server.memory() - before) / 1e6)
    _, ids = server.ask(f"/tiles/{layer['tiles'][0]['hash']}/ids")
    times = []
    for height in range(5):
        server.ask(
            f"/twins/{json.loads(ids)[0]}", "PATCH", json.dumps({"height": 50 + height}),
            **{"Content-Type": "application/merge-patch+json"})
        times.append(server.ask("/tiles")[0])
    figure("index after one building grew", "Nuri", "ms", 1e3 * statistics.median(times))


def peer(folder, world, count, runs):
    """tippecanoe makes vector tiles of the same footprints: one zoom level, nothing left out."""
    program = pathlib.Path(sys.prefix) / "bin/tippecanoe"
    program = str(program) if program.exists() else shutil.which("tippecanoe")
    if not program:
        print("tiles: no tippecanoe here; passed over", file=sys.stderr)
        return
    lines = pathlib.Path(folder) / "seoul.geojsonl"
    with open(world) as source, open(lines, "w") as out:
        for line in source:
            if line.startswith('{"$dtId"'):
                twin = json.loads(line)
                out.write(json.dumps({
                    "type": "Feature", "geometry": twin["footprint"],
                    "properties": {"id": twin["$dtId"], "height": twin.get("height")}}) + "\n")
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(
            ["taskset", "-c", "0", program, "-q", "-f", "-Z14", "-z14", "-pf", "-pk", "-l", "building",
             "-t", folder, "-o", f"{folder}/seoul.mbtiles", lines],
            check=True, env={**os.environ, "TIPPECANOE_MAX_THREADS": "1"}, stderr=subprocess.DEVNULL)
        figure("buildings from footprints to tiles, one core", "tippecanoe", "/s", count / (time.perf_counter() - start))
    figure("all geometry on the wire, gzip", "tippecanoe", "MB", os.path.getsize(f"{folder}/seoul.mbtiles") / 1e6)


def main():
    nuri, folder, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 630_000
    os.makedirs(folder, exist_ok=True)
    world, data = f"{folder}/seoul.ndjson", f"{folder}/seoul"
    with open(world, "w") as out:
        subprocess.run([sys.executable, ROOT / "Samples/yeoksam/seoul.py", str(count)], check=True, stdout=out)
    subprocess.run([nuri, "init", "--data", data], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([nuri, "import", world, "--data", data], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(runs):
        server = Server(nuri, data)
        try:
            measure(server, count)
        finally:
            server.stop()
    peer(folder, world, count, runs)


if __name__ == "__main__":
    main()
