"""Stands in for Azure's unpublished test package of this name, as far as the SDK's tests use it.

The original replays recordings or talks to Azure. This one talks to the server of the test session.
"""

import secrets

import nuri_sdk
import pytest


class AzureRecordedTestCase:
    """What the SDK's test classes inherit."""

    is_live = True

    def get_credential(self, client_class, is_async=False, **_):
        kind = nuri_sdk.AsyncKeyCredential if is_async else nuri_sdk.KeyCredential
        return kind(nuri_sdk.server.key)

    def create_client_from_credential(self, client_class, credential, **options):
        options.setdefault("connection_verify", nuri_sdk.server.ca)
        return client_class(credential=credential, **options)

    def create_random_name(self, name):
        return name + secrets.token_hex(4)


class EnvironmentVariables:
    """The variables that the tests' fixtures ask for, with the values of the session's server."""

    def sanitize_batch(self, names):
        self.names = names

    def get(self, name):
        return nuri_sdk.server.url if name == "AZURE_DIGITALTWINS_URL" else None


@pytest.fixture(scope="session")
def environment_variables():
    return EnvironmentVariables()


@pytest.fixture(scope="session")
def test_proxy():
    """Recordings are neither made nor played."""


@pytest.fixture
def recorded_test():
    """Recordings are neither made nor played."""
