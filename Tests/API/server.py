"""A new `nuri serve`, over TLS unless said otherwise, for as long as a `with` lasts."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Server:
    """`url`, `ca` and `key` of the server; its log is in `folder`."""

    def __init__(self, folder, *options, tls=True):
        self.log = pathlib.Path(folder) / "log"
        binary = os.environ.get("NURI_BINARY", str(ROOT / ".build/debug/nuri"))
        self.process = subprocess.Popen(
            [binary, "serve", "--data", f"{folder}/city", *(["--tls"] if tls else []), "--listen",
             "127.0.0.1:0", "--json", *options],
            stdout=subprocess.PIPE, stderr=self.log.open("wb"), text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"The server did not start:\n{self.log.read_text()}")
        facts = json.loads(line)
        self.url, self.ca, self.key = facts["addresses"][0], facts.get("authority"), facts["adminKey"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
