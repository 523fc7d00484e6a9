"""A pytest plugin: one server for the session, and clients of the unmodified SDK for it."""

import contextlib
import time

import pytest
from azure.core.credentials import AccessToken
from azure.digitaltwins.core import DigitalTwinsClient

from nuri_server import NuriServer

#: Set while a session runs; the shim of `devtools_testutils` asks it for credentials.
server = None


class KeyCredential:
    """Shows an API key as a bearer token, as Azure's credentials show theirs."""

    def __init__(self, key):
        self.key = key

    def get_token(self, *scopes, **_):
        return AccessToken(self.key, int(time.time()) + 3600)


class AsyncKeyCredential(KeyCredential):
    """The same for the SDK's asynchronous clients."""

    async def get_token(self, *scopes, **_):
        return AccessToken(self.key, int(time.time()) + 3600)

    async def close(self):
        pass

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass


def make_client(path="", key=None, kind=DigitalTwinsClient, **options):
    """A client of the server, or of a world of it by a path such as `/worlds/plan`."""
    credential = (AsyncKeyCredential if ".aio" in kind.__module__ else KeyCredential)(key or server.key)
    options.setdefault("connection_verify", server.ca)
    return kind(server.url + path, credential, **options)


@contextlib.contextmanager
def open_client(*arguments, **options):
    """A synchronous client, closed afterwards."""
    client = make_client(*arguments, **options)
    try:
        yield client
    finally:
        client._client.close()


SETTINGS = {"events": {"endpoints": {"hub": {"type": "webhook", "url": "https://127.0.0.1:1/"}}}}


def pytest_sessionstart(session):
    global server
    server = NuriServer(SETTINGS)
    server.start()


def pytest_sessionfinish(session):
    if server is not None:
        server.__exit__()


@pytest.fixture(scope="session")
def nuri():
    """The server: `url`, `ca`, `key`."""
    return server
