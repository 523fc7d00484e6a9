"""A `nuri serve` with the page and a copy of the Yeoksam sample."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Site:
    """`url` and `key` of a running server. Without TLS: browsers trust 127.0.0.1 as they trust an encrypted origin."""

    def __init__(self, *options):
        self.options = options
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nuri-page-"))
        shutil.copytree(os.environ["NURI_SAMPLE"], self.folder / "data")
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.key = None
        self.start()

    def start(self):
        """Starts it; a second time on the same port with the same data."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [os.environ["NURI"], "serve", "--data", self.folder / "data", "--page", ROOT / "Page",
                 "--listen", f"127.0.0.1:{self.port}", "--json", *self.options],
                stdout=subprocess.PIPE, stderr=log, text=True, env={"PATH": os.environ["PATH"]})
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"The server did not start:\n{(self.folder / 'log').read_text()}")
        self.key = json.loads(line).get("adminKey") or self.key

    def stop(self):
        """Ends it well."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def close(self):
        """Ends it and removes its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, method, path, body=None, key=None):
        """Asks the API as the admin, or with another key; the JSON of the answer."""
        request = urllib.request.Request(
            self.url + path, None if body is None else json.dumps(body).encode(), method=method,
            headers={"Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return json.loads(text) if text else None
