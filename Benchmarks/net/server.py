#!/usr/bin/env python3
"""Measures `nuri serve` beside a bare epoll responder and nginx, all on loopback, and prints figures for report.py.

Usage: server.py BASE FOLDER TWINS RUNS NURI RESPONDERS [ROW...]

BASE is the world that `nuri-bench prepare` made, FOLDER an empty place for data, NURI the release binary, RESPONDERS the
folder with bare-epoll. ROWs: get patch batch query start; all when none is given. Needs h2load, wrk and nginx.
"""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TICKS = os.sysconf("SC_CLK_TCK")
VERSION = "api-version=2023-10-31"
MODEL = {
    "@context": "dtmi:dtdl:context;3", "@id": "dtmi:bench:Small;1", "@type": "Interface",
    "contents": [{"@type": "Property", "name": "label", "schema": "string"}],
}


def figure(case, value, unit, subject="Nuri"):
    print(f"figure\tserver\t{case}\t{subject}\t{unit}\t{value}", flush=True)


def note(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Nuri:
    """A server on a data folder; its first start gives the key."""

    def __init__(self, binary, folder, key=None, loops=0):
        self.port = free_port()
        self.process = subprocess.Popen(
            [binary, "serve", "--data", folder, "--listen", f"127.0.0.1:{self.port}", "--json"],
            env=dict(os.environ, NURI_LOOPS=str(loops)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.key = key
        self.started = None

    def wait(self):
        """Waits for the announcement, in which the key of a first start stands."""
        text = b""
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit("nuri serve did not start: " + text.decode())
            text += line
            try:
                self.started = json.loads(text)
                break
            except ValueError:
                continue
        self.key = self.key or self.started.get("adminKey")
        return self

    @property
    def pid(self):
        return self.process.pid

    def call(self, method, path, body=None, kind="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(method, path, body, {"Authorization": f"Bearer {self.key}", "Content-Type": kind})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:300]}")
        return content

    def stop(self):
        self.process.terminate()
        self.process.wait()


def make_twin(server, size):
    """A twin whose JSON has `size` bytes."""
    server.call("POST", f"/models?{VERSION}", json.dumps([MODEL]))
    label = "x"
    for _ in range(2):
        twin = {"$metadata": {"$model": MODEL["@id"]}, "label": label}
        content = server.call("PUT", f"/digitaltwins/small?{VERSION}", json.dumps(twin))
        label = "x" * max(1, len(label) + size - len(content))
    return content


def responders(folder, body, binaries):
    """Starts the peers; name, process and port of each."""
    with open(f"{folder}/twin.json", "wb") as file:
        file.write(body)
    text = body.decode().replace("\\", "\\\\").replace("'", "\\'").replace("$", "${dollar}")
    ports = [free_port(), free_port()]
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with open(f"{folder}/nginx.conf", "w", encoding="utf-8") as file:
        file.write(
            f"daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
            "events { worker_connections 1024; }\n"
            f"http {{ access_log off; keepalive_requests 100000000; {temporary}\n"
            "  geo $dollar { default \"$\"; }\n"
            f"  server {{ listen 127.0.0.1:{ports[1]}; location / {{ default_type application/json;"
            f" return 200 '{text}'; }} }} }}\n")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    bare = subprocess.Popen([f"{binaries}/bare-epoll", str(ports[0]), f"{folder}/twin.json"], **quiet)
    nginx = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf", "-p", folder], **quiet)
    time.sleep(0.5)
    return [("C epoll", bare, ports[0]), ("nginx", nginx, ports[1])]


def h2load(pid, port, path, key, requests=200_000):
    """Processor time of a server for one request, in microseconds, and requests a second."""
    before = processor_seconds(pid)
    output = subprocess.run(
        ["h2load", "--h1", "-n", str(requests), "-c", "32", "-t", "1", "-H", f"Authorization: Bearer {key}",
         f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True).stdout
    after = processor_seconds(pid)
    if not re.search(rf"\b{requests} 2xx", output):
        raise SystemExit(f"{path} was not answered well:\n{output}")
    rate = float(re.search(r"([\d.]+) req/s", output).group(1))
    return (after - before) / requests * 1e6, rate


def get(server, folder, runs, binaries):
    body = make_twin(server, 300)
    note(f"a twin of {len(body)} bytes")
    peers = responders(folder, body, binaries)
    paths = [("GET one twin, Azure", f"/digitaltwins/small?{VERSION}")]
    try:
        server.call("GET", "/v1/worlds/live/twins/small")
        paths.append(("GET one twin, /v1", "/v1/worlds/live/twins/small"))
    except SystemExit as error:
        note(str(error))
    try:
        for run in range(runs + 1):
            for case, path in paths:
                subjects = [("Nuri", server.pid, server.port)]
                subjects += [(name, process.pid, port) for name, process, port in peers]
                for subject, pid, port in subjects:
                    micros, rate = h2load(pid, port, path, server.key)
                    # The first round warms up.
                    if run > 0:
                        figure(f"{case}: processor time each", micros, "µs", subject)
                        figure(f"{case}, 32 connections", rate, "/s", subject)
    finally:
        for _, process, _ in peers:
            process.terminate()
            process.wait()


def wrk(server, script, connections, seconds, *arguments):
    """Answers a second, and latencies by percentile in milliseconds."""
    before = processor_seconds(server.pid)
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", f"{HERE}/requests.lua",
         f"http://127.0.0.1:{server.port}/", "--", script, server.key, *map(str, arguments)],
        capture_output=True, text=True, check=True).stdout
    used = processor_seconds(server.pid) - before
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"{script} was not answered well:\n{output}")
    factors = {"us": 1e-3, "ms": 1, "s": 1e3}
    found = re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)\b", output)
    latencies = {percent: float(value) * factors[unit] for percent, value, unit in found}
    total = int(re.search(r"(\d+) requests in", output).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    return rate, latencies, used / total * 1e6


def load(server, runs, case, script, connections, per_answer, *arguments):
    wrk(server, script, connections, 2, *arguments)
    for _ in range(runs):
        rate, latencies, micros = wrk(server, script, connections, 5, *arguments)
        figure(case, rate * per_answer, "/s")
        figure(f"{case}: processor time each", micros / per_answer, "µs")
        for percent, value in latencies.items():
            figure(f"{case}: p{percent}", value, "ms")


def start(binary, folder, runs):
    """From starting the program on the sample world to the first twin."""
    data = f"{folder}/sample"
    subprocess.run([binary, "sample", "yeoksam", "--data", data], check=True, capture_output=True)
    first = Nuri(binary, data).wait()
    key = first.key
    rows = json.loads(first.call("POST", f"/query?{VERSION}", '{"query":"SELECT TOP(1) $dtId FROM DIGITALTWINS"}'))
    twin = rows["value"][0]["$dtId"]
    first.stop()
    request = (
        f"GET /digitaltwins/{twin}?{VERSION} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\n\r\n").encode()
    for _ in range(runs):
        began = time.monotonic()
        server = Nuri(binary, data, key)
        while True:
            try:
                with socket.create_connection(("127.0.0.1", server.port)) as connection:
                    connection.sendall(request)
                    answer = connection.recv(65536)
                break
            except ConnectionRefusedError:
                time.sleep(0.001)
        took = time.monotonic() - began
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the first answer was {answer[:200]}")
        figure("start to first answer, sample world", took * 1e3, "ms")
        threading.Thread(target=server.process.stdout.read, daemon=True).start()
        server.stop()


def main():
    base, folder, twins, runs, binary, binaries = sys.argv[1:7]
    rows = sys.argv[7:] or ["get", "patch", "batch", "query", "start"]
    folder = os.path.abspath(folder)
    twins, runs = int(twins), int(runs)
    os.makedirs(folder, exist_ok=True)
    if "start" in rows:
        start(binary, folder, runs)
    if set(rows) <= {"start"}:
        return
    data = f"{folder}/data"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(base, data)
    # The responders it is compared with have one thread, so it serves with one too.
    server = Nuri(binary, data, loops=1).wait()
    key = server.key
    try:
        if "get" in rows:
            get(server, folder, runs, binaries)
    finally:
        server.stop()
    if set(rows) <= {"start", "get"}:
        return
    server = Nuri(binary, data, key).wait()
    try:
        if "query" in rows:
            hours = min(50_000, twins)
            load(server, runs, "query of 20 twins by model and property, 16 connections", "query", 16, 1, hours)
        if "patch" in rows:
            load(server, runs, "durable PATCH of one property, 64 connections", "patch", 64, 1, twins)
        if "batch" in rows:
            load(server, runs, "NDJSON batches of 1,000 updates, 4 connections", "batch", 4, 1000, twins)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
