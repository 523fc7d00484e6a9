"""A small building of two floors, and a clean world for each test that asks for it."""

import json
import ssl
import urllib.error
import urllib.request

import nuri_sdk
import pytest

MODELS = [
    {
        "@context": "dtmi:dtdl:context;3",
        "@id": "dtmi:sdk:Space;1",
        "@type": "Interface",
        "displayName": {"en": "Space", "ko": "공간"},
        "contents": [
            {"@type": "Property", "name": "area", "schema": "double"},
            {"@type": "Property", "name": "name", "schema": "string", "writable": True},
            {"@type": "Relationship", "name": "contains", "properties": [
                {"@type": "Property", "name": "since", "schema": "integer"}]},
        ],
    },
    {
        "@context": "dtmi:dtdl:context;3",
        "@id": "dtmi:sdk:Meter;1",
        "@type": "Interface",
        "contents": [
            {"@type": "Property", "name": "reading", "schema": "double"},
            {"@type": "Telemetry", "name": "pulse", "schema": "integer"},
        ],
    },
    {
        "@context": "dtmi:dtdl:context;3",
        "@id": "dtmi:sdk:Floor;1",
        "@type": "Interface",
        "extends": "dtmi:sdk:Space;1",
        "contents": [
            {"@type": "Component", "name": "meter", "schema": "dtmi:sdk:Meter;1"},
            {"@type": "Property", "name": "tags", "schema": {
                "@type": "Map", "mapKey": {"name": "tag", "schema": "string"},
                "mapValue": {"name": "value", "schema": "string"}}},
        ],
    },
]


def twin(model, **properties):
    return {"$metadata": {"$model": f"dtmi:sdk:{model};1"}, **properties}


def empty(client):
    """Deletes everything by hand, as programs did before there were deletion jobs."""
    for route in list(client.list_event_routes()):
        client.delete_event_route(route.id)
    ids = [row["$dtId"] for row in client.query_twins("SELECT $dtId FROM digitaltwins")]
    for id in ids:
        for relationship in list(client.list_relationships(id)):
            client.delete_relationship(id, relationship["$relationshipId"])
    for id in ids:
        client.delete_digital_twin(id)
    left = [model.id for model in client.list_models()]
    while left:
        for id in left:
            try:
                client.delete_model(id)
            except Exception as error:
                assert error.status_code == 409
        left = [model.id for model in client.list_models()]


@pytest.fixture
def client(nuri):
    with nuri_sdk.make_client() as client:
        empty(client)
        yield client


@pytest.fixture
def building(client):
    """Tower contains f1 and f2; f1 contains r1 to r5."""
    client.create_models(MODELS)
    client.upsert_digital_twin("tower", twin("Space", area=1000.5, name="Tower"))
    for number in (1, 2):
        client.upsert_digital_twin(
            f"f{number}",
            twin("Floor", area=100.0 * number, name=f"Floor {number}", tags={"use": "office"},
                 meter={"$metadata": {}, "reading": 10.0 * number}))
        link(client, "tower", f"f{number}", since=2000 + number)
    for number in range(1, 6):
        client.upsert_digital_twin(f"r{number}", twin("Space", area=10.0 + number))
        link(client, "f1", f"r{number}")
    return client


def link(client, source, target, **properties):
    id = f"{source}-{target}"
    return client.upsert_relationship(source, id, {
        "$sourceId": source, "$targetId": target, "$relationshipId": id, "$relationshipName": "contains", **properties})


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The error's code, which the body and a header must agree on."""
        error = self.json["error"]
        assert error["message"] and self.headers["x-ms-error-code"] == error["code"]
        return error["code"]


@pytest.fixture
def raw(nuri):
    """Sends a request without the SDK."""

    def send(method, path, body=None, version="2023-10-31", key=None, **headers):
        if version:
            path += ("&" if "?" in path else "?") + "api-version=" + version
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(nuri.url + path, data, method=method)
        request.add_header("Authorization", "Bearer " + (nuri.key if key is None else key))
        if data is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        context = ssl.create_default_context(cafile=nuri.ca)
        try:
            with urllib.request.urlopen(request, context=context, timeout=60) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    return send
