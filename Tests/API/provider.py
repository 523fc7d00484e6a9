"""A real OpenID Connect provider (oidc-provider-mock of PyPI), for as long as a `with` lasts."""

import json
import subprocess
import sys
import time
import urllib.request

from server import ROOT, free_port

PACKAGES = ["oidc-provider-mock==0.3.4", "Authlib==1.9.8"]


def environment():
    """The Python with the provider in its virtual environment, which is made when there is none yet."""
    folder = ROOT / ".build/oidc"
    stamp = folder / "packages"
    if not stamp.exists() or stamp.read_text() != " ".join(PACKAGES):
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], check=True)
        stamp.write_text(" ".join(PACKAGES))
    return folder / "bin/python"


class Provider:
    """`issuer` of a provider that knows some people by their claims and gives tokens good for some seconds."""

    def __init__(self, *people, seconds=3600):
        port = free_port()
        self.issuer = f"http://127.0.0.1:{port}"
        claims = [word for person in people for word in ("--user-claims", json.dumps(person))]
        self.process = subprocess.Popen(
            [environment(), "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true",
             "--token-max-age", str(seconds), *claims], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(400):
            try:
                urllib.request.urlopen(self.issuer + "/.well-known/openid-configuration").close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"No provider answers at {self.issuer}.")

    def setting(self, folder, label, **others):
        """What `auth.issuers` has to hold of it; the client's secret goes to a file of the folder."""
        secret = folder / "secret"
        secret.write_text("not so secret\n")
        return {"issuer": self.issuer, "audience": "nuri", "clientId": "nuri", "clientSecretFile": str(secret),
                "label": label, **others}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
