"""Twins, components, relationships, telemetry: what the SDK's own tests leave out."""

import datetime

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError)
from conftest import link, twin


def test_a_twin_shows_its_metadata(building):
    floor = building.get_digital_twin("f1")
    assert floor["$dtId"] == "f1"
    assert floor["$etag"].startswith('W/"')
    assert floor["$metadata"]["$model"] == "dtmi:sdk:Floor;1"
    updated = floor["$metadata"]["area"]["lastUpdateTime"]
    assert datetime.datetime.fromisoformat(updated.replace("Z", "+00:00")).tzinfo is not None
    assert floor["$metadata"]["$lastUpdateTime"]
    assert floor["meter"]["reading"] == 10.0
    assert floor["meter"]["$metadata"]["reading"]["lastUpdateTime"]


def test_etags_guard_writes(building):
    seen = building.get_digital_twin("r1")["$etag"]
    step = [{"op": "replace", "path": "/area", "value": 1.5}]
    building.update_digital_twin("r1", step, etag=seen, match_condition=MatchConditions.IfNotModified)
    with pytest.raises(ResourceModifiedError) as error:
        building.update_digital_twin("r1", step, etag=seen, match_condition=MatchConditions.IfNotModified)
    assert error.value.status_code == 412 and error.value.error.code == "PreconditionFailed"
    with pytest.raises(ResourceModifiedError):
        building.delete_digital_twin("r1", etag=seen, match_condition=MatchConditions.IfNotModified)
    building.update_digital_twin("r1", step, match_condition=MatchConditions.IfPresent)
    with pytest.raises(ResourceExistsError):
        building.upsert_digital_twin("r1", twin("Space"), match_condition=MatchConditions.IfMissing)
    assert building.get_digital_twin("r1")["area"] == 1.5


def test_etags_guard_relationships(building):
    seen = building.get_relationship("tower", "tower-f1")["$etag"]
    step = [{"op": "replace", "path": "/since", "value": 1999}]
    building.update_relationship(
        "tower", "tower-f1", step, etag=seen, match_condition=MatchConditions.IfNotModified)
    with pytest.raises(ResourceModifiedError):
        building.update_relationship(
            "tower", "tower-f1", step, etag=seen, match_condition=MatchConditions.IfNotModified)
    with pytest.raises(ResourceModifiedError):
        building.delete_relationship(
            "tower", "tower-f1", etag=seen, match_condition=MatchConditions.IfNotModified)
    assert building.get_relationship("tower", "tower-f1")["since"] == 1999


def test_a_patch_happens_wholly_or_not(building):
    before = building.get_digital_twin("f1")
    with pytest.raises(HttpResponseError) as error:
        building.update_digital_twin("f1", [
            {"op": "replace", "path": "/area", "value": 5.0}, {"op": "replace", "path": "/storeys", "value": 5}])
    assert error.value.status_code == 400 and error.value.error.code == "JsonPatchInvalid"
    assert building.get_digital_twin("f1") == before
    with pytest.raises(HttpResponseError) as error:
        building.update_digital_twin("f1", [{"op": "replace", "path": "/area", "value": "large"}])
    assert error.value.error.code == "ValidationFailed"


def test_maps_and_components_are_patched_inside(building):
    building.update_digital_twin("f1", [
        {"op": "add", "path": "/tags/owner", "value": "city"}, {"op": "remove", "path": "/tags/use"},
        {"op": "replace", "path": "/meter/reading", "value": 11.5}])
    floor = building.get_digital_twin("f1")
    assert floor["tags"] == {"owner": "city"} and floor["meter"]["reading"] == 11.5
    building.update_component("f1", "meter", [{"op": "replace", "path": "/reading", "value": 12.5}])
    component = building.get_component("f1", "meter")
    assert component["reading"] == 12.5
    with pytest.raises(ResourceNotFoundError) as error:
        building.get_component("f1", "boiler")
    assert error.value.error.code == "ComponentNotFound"


def test_a_twin_with_relationships_stays(building):
    for id in ("tower", "r1"):
        with pytest.raises(HttpResponseError) as error:
            building.delete_digital_twin(id)
        assert error.value.error.code == "RelationshipsNotDeleted"


def test_relationships_are_listed_from_both_ends(building, nuri):
    assert [item["$targetId"] for item in building.list_relationships("tower")] == ["f1", "f2"]
    assert not list(building.list_relationships("tower", relationship_id="owns"))
    incoming = list(building.list_incoming_relationships("f1"))
    assert [item.source_id for item in incoming] == ["tower"]
    assert incoming[0].relationship_name == "contains"
    path = "/digitaltwins/tower/relationships/tower-f1?api-version=2023-10-31"
    assert incoming[0].relationship_link == nuri.url + path


def test_long_lists_come_in_pages(building):
    for number in range(25):
        building.upsert_digital_twin(f"x{number:02}", twin("Space"))
        link(building, "f2", f"x{number:02}")
    pages = [list(page) for page in building.list_relationships("f2", headers={"max-items-per-page": "10"}).by_page()]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert sorted(item["$targetId"] for page in pages for item in page) == [f"x{number:02}" for number in range(25)]


def test_relationships_need_both_ends_and_a_declaration(building):
    for target, name, code in [
        ("nobody", "contains", "TargetDigitalTwinNotFound"), ("f2", "owns", "InvalidRelationship")]:
        with pytest.raises(HttpResponseError) as error:
            building.upsert_relationship("f1", "bad", {
                "$sourceId": "f1", "$targetId": target, "$relationshipId": "bad", "$relationshipName": name})
        assert error.value.error.code == code


def test_telemetry(building):
    building.publish_telemetry("f1", {"pulse": 3})
    building.publish_component_telemetry("f1", "meter", {"pulse": 4}, message_id="m-1")
    with pytest.raises(ResourceNotFoundError):
        building.publish_telemetry("nobody", {"pulse": 3})
    with pytest.raises(HttpResponseError):
        building.publish_component_telemetry("f1", "boiler", {"pulse": 4})
