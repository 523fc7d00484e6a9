"""A `nuri serve` for tests."""

import json
import os
import pathlib
import socket
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Server:
    """`url`, `ca` and `key` of a server, over TLS unless said otherwise; its data and its log are in `folder`.

    NURI_BINARY names another executable than the debug build's.
    """

    def __init__(self, folder, *options, tls=True, port=0):
        self.folder = pathlib.Path(folder)
        self.log = self.folder / "log"
        binary = os.environ.get("NURI_BINARY", str(ROOT / ".build/debug/nuri"))
        self.command = [binary, "serve", "--data", self.folder / "city", *(["--tls"] if tls else []),
                        "--listen", f"127.0.0.1:{port}", "--json", *options]
        self.key = None
        self.start()

    def start(self):
        """Starts it; a second time with the same data."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=subprocess.PIPE, stderr=log, text=True, env={"PATH": os.environ["PATH"]})
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"The server did not start:\n{self.log.read_text()}")
        facts = json.loads(line)
        self.url, self.ca = facts["addresses"][0], facts.get("authority")
        self.key = facts.get("adminKey") or self.key

    def stop(self):
        """Ends it well."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
