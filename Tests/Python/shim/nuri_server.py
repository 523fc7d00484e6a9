"""A `nuri serve` of its own for a test run: a fresh data folder, TLS by the server's own authority, an admin key."""

import json
import os
import shutil
import signal
import subprocess
import tempfile


class NuriServer:
    """Started with `with NuriServer() as server`; then it has `url`, `ca` and `key`."""

    def __init__(self, settings=None):
        self.folder = tempfile.mkdtemp(prefix="nuri-python-")
        self.settings = settings
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def data(self):
        return os.path.join(self.folder, "data")

    def start(self):
        command = [os.environ["NURI"], "serve", "--data", self.data, "--tls", "--listen", "127.0.0.1:0", "--json"]
        if self.settings is not None:
            path = os.path.join(self.folder, "nuri.json")
            with open(path, "w") as file:
                json.dump(self.settings, file)
            command += ["--config", path]
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        said = json.loads(self.process.stdout.readline() or "{}")
        if "addresses" not in said:
            self.stop()
            with open(self.log.name) as log:
                raise RuntimeError("nuri serve did not start: " + log.read()[-2000:])
        self.url = said["addresses"][0]
        self.ca = said["authority"]
        self.key = said.get("adminKey") or self.key

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(timeout=60)
        self.process.stdout.close()
        self.log.close()
        self.process = None
