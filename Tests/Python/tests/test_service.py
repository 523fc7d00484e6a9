"""What every request and answer has; event routes; forks by URL; older versions of the API."""

import json

import nuri_sdk
import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.digitaltwins.core import DigitalTwinsEventRoute
from conftest import MODELS, twin


def test_event_routes(client):
    with pytest.raises(HttpResponseError) as error:
        client.upsert_event_route("all", DigitalTwinsEventRoute(endpoint_name="nowhere", filter="true"))
    assert error.value.error.code == "EventRouteEndpointInvalid"
    with pytest.raises(HttpResponseError) as error:
        client.upsert_event_route("all", DigitalTwinsEventRoute(endpoint_name="hub", filter="type ="))
    assert error.value.error.code == "EventRouteFilterInvalid"
    filter = "type = 'Microsoft.DigitalTwins.Twin.Update'"
    client.upsert_event_route("all", DigitalTwinsEventRoute(endpoint_name="hub", filter=filter))
    route = client.get_event_route("all")
    assert (route.id, route.endpoint_name, route.filter) == ("all", "hub", filter)
    assert [item.id for item in client.list_event_routes()] == ["all"]
    client.delete_event_route("all")
    with pytest.raises(ResourceNotFoundError):
        client.get_event_route("all")


@pytest.mark.parametrize("version", ["2020-10-31", "2022-05-31", "2023-06-30", "2023-10-31"])
def test_older_versions_are_answered(building, raw, version):
    made = raw("PUT", "/digitaltwins/old", twin("Space", area=3.0), version=version, If_None_Match="*")
    assert made.status == 200 and made.headers["ETag"] == made.json["$etag"]
    shown = raw("GET", "/digitaltwins/old", version=version).json
    assert shown["area"] == 3.0 and ("$lastUpdateTime" in shown["$metadata"]) == (version > "2020-10-31")
    found = raw("POST", "/query", {"query": "SELECT * FROM digitaltwins WHERE $dtId = 'old'"}, version=version)
    assert [row["area"] for row in found.json["value"]] == [3.0]
    assert raw("GET", "/models", version=version).status == 200
    imports = raw("GET", "/jobs/imports", version=version)
    if version >= "2023-06-30":
        assert imports.status == 200
    else:
        assert imports.status == 400 and imports.code == "UnsupportedApiVersion"


@pytest.mark.parametrize("version, code", [(None, "ApiVersionUnspecified"), ("2019-01-01", "UnsupportedApiVersion")])
def test_versions_that_are_none(raw, version, code):
    answer = raw("GET", "/models", version=version)
    assert answer.status == 400 and answer.code == code


@pytest.mark.parametrize("method, path, body, status, code", [
    ("GET", "/digitaltwins/none", None, 404, "DigitalTwinNotFound"),
    ("GET", "/digitaltwins/r1/relationships/none", None, 404, "RelationshipNotFound"),
    ("GET", "/models/dtmi:sdk:None;1", None, 404, "ModelNotFound"),
    ("GET", "/models/nonsense", None, 400, "InvalidArgument"),
    ("GET", "/eventroutes/none", None, 404, "EventRouteNotFound"),
    ("GET", "/jobs/imports/none", None, 404, "JobNotFound"),
    ("GET", "/jobs/deletions/none", None, 404, "DeleteJobNotFound"),
    ("GET", "/nothing", None, 404, "NotFound"),
    ("PUT", "/digitaltwins/x", b"{", 400, "BadRequest"),
    ("PUT", "/digitaltwins/x", {"$metadata": {"$model": "dtmi:sdk:None;1"}}, 400, "ValidationFailed"),
    ("PATCH", "/digitaltwins/r1", [{"op": "move", "path": "/a", "from": "/b"}], 400, "JsonPatchInvalid"),
    ("PATCH", "/digitaltwins/r1", {"op": "add"}, 400, "JsonPatchInvalid"),
    ("POST", "/query", {"query": "SELECT nothing"}, 400, "SqlQueryError"),
    ("POST", "/query", {"continuationToken": "nonsense"}, 400, "BadRequest"),
    ("POST", "/models", [], 400, "InvalidArgument"),
    ("DELETE", "/query", None, 405, "MethodNotAllowed"),
])
def test_errors(building, raw, method, path, body, status, code):
    answer = raw(method, path, body)
    assert (answer.status, answer.code) == (status, code)


def test_who_asks_must_say(nuri, raw):
    assert raw("GET", "/models", key="nonsense").status == 401
    with nuri_sdk.open_client(key="nonsense") as client:
        with pytest.raises(ClientAuthenticationError):
            list(client.list_models())


def test_requests_are_named(raw):
    answer = raw(
        "GET", "/models", x_ms_client_request_id="mine",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", tracestate="a=b")
    assert answer.status == 200
    assert answer.headers["x-ms-client-request-id"] == "mine"
    assert answer.headers["x-request-id"]


def test_pages_have_links(building, raw, nuri):
    first = raw("GET", "/digitaltwins/f1/relationships", max_items_per_page="2")
    assert len(first.json["value"]) == 2
    link = first.json["nextLink"]
    assert link.startswith(nuri.url + "/digitaltwins/f1/relationships?")
    rest = raw("GET", link.removeprefix(nuri.url), version=None)
    assert len(rest.json["value"]) == 2 and rest.json["nextLink"]


@pytest.mark.parametrize("id", ["a b", "a/b", "", "x" * 129, 'a"b'])
def test_ids_that_are_none(building, raw, id):
    from urllib.parse import quote
    assert raw("PUT", "/digitaltwins/" + quote(id, safe=""), twin("Space")).status == 400


@pytest.mark.parametrize("id", ["..", "%", "ä", "a;b=c", "$dtId", "+", "{x}"])
def test_odd_ids_are_ids(building, id):
    if id in (".."):
        pytest.skip("the SDK's HTTP library takes .. out of the path itself")
    building.upsert_digital_twin(id, twin("Space", area=1.0))
    assert building.get_digital_twin(id)["$dtId"] == id
    building.delete_digital_twin(id)


def test_a_fork_has_its_own_url(building, raw):
    made = raw("POST", "/v1/worlds", {"name": "plan", "parent": "live"}, version=None)
    assert made.status == 201, made.body
    try:
        with nuri_sdk.open_client("/worlds/plan") as plan:
            plan.update_digital_twin("r1", [{"op": "replace", "path": "/area", "value": 77.0}])
            assert plan.get_digital_twin("r1")["area"] == 77.0
            assert building.get_digital_twin("r1")["area"] == 11.0
            assert list(plan.query_twins("SELECT area FROM digitaltwins WHERE $dtId = 'r1'")) == [{"area": 77.0}]
            for number in range(120):
                plan.upsert_digital_twin(f"p{number}", twin("Space"))
            assert len(list(plan.query_twins("SELECT $dtId FROM digitaltwins"))) == 128
            assert list(building.query_twins("SELECT COUNT() FROM digitaltwins")) == [{"COUNT": 8}]
    finally:
        assert raw("DELETE", "/v1/worlds/plan", version=None).status == 204
    with nuri_sdk.open_client("/worlds/plan") as plan:
        with pytest.raises(ResourceNotFoundError):
            plan.get_digital_twin("r1")
