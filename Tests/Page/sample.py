"""A `nuri serve` with the page and a copy of the Yeoksam sample."""

import json
import os
import pathlib
import shutil
import tempfile
import urllib.request

from server import ROOT, Server, free_port


class Site(Server):
    """`url` and `key` of a running server. Without TLS: browsers trust 127.0.0.1 as they trust an encrypted origin."""

    def __init__(self, *options):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="nuri-page-"))
        shutil.copytree(os.environ["NURI_SAMPLE"], folder / "city")
        # A port of its own, so that it comes back at the same one.
        super().__init__(folder, "--page", ROOT / "Page", *options, tls=False, port=free_port())

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
