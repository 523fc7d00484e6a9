"""What queries answer, through the SDK."""

import pytest
from azure.core.exceptions import HttpResponseError


def rows(client, text):
    return list(client.query_twins(text))


def test_twins_by_model_and_property(building):
    found = rows(building, "SELECT * FROM digitaltwins T WHERE IS_OF_MODEL(T, 'dtmi:sdk:Space;1') AND T.area > 50")
    assert sorted(row["$dtId"] for row in found) == ["f1", "f2", "tower"]
    found = rows(building, "SELECT * FROM digitaltwins T WHERE IS_OF_MODEL(T, 'dtmi:sdk:Space;1', exact)")
    assert len(found) == 6
    assert rows(building, "SELECT COUNT() FROM digitaltwins") == [{"COUNT": 8}]


def test_rows_are_twins_as_they_are_read(building):
    row = rows(building, "SELECT * FROM digitaltwins WHERE $dtId = 'f1'")[0]
    assert row == building.get_digital_twin("f1")


def test_projections_and_top(building):
    found = rows(building, "SELECT T.name AS title, T.meter.reading FROM digitaltwins T WHERE T.meter.reading >= 20")
    assert found == [{"title": "Floor 2", "reading": 20.0}]
    assert len(rows(building, "SELECT TOP(3) FROM digitaltwins")) == 3


def test_joins(building):
    found = rows(
        building,
        "SELECT room, floor FROM digitaltwins tower JOIN floor RELATED tower.contains link "
        "JOIN room RELATED floor.contains WHERE tower.$dtId = 'tower' AND link.since = 2001 AND room.area > 13")
    assert sorted(row["room"]["$dtId"] for row in found) == ["r4", "r5"]
    assert {row["floor"]["$dtId"] for row in found} == {"f1"}


def test_relationships_are_queried(building):
    found = rows(building, "SELECT * FROM relationships WHERE $sourceId = 'tower'")
    assert sorted(row["$targetId"] for row in found) == ["f1", "f2"]


def test_functions(building):
    for condition, ids in [
        ("STARTSWITH(name, 'Floor')", ["f1", "f2"]), ("ENDSWITH(name, '2')", ["f2"]), ("CONTAINS(name, 'owe')", ["tower"]),
        ("IS_DEFINED(tags)", ["f1", "f2"]), ("tags.use = 'office' AND NOT area = 100", ["f2"]),
        ("$dtId IN ['r1', 'r2', 'nobody']", ["r1", "r2"]), ("IS_STRING(name) AND area != 1000.5", ["f1", "f2"]),
    ]:
        found = rows(building, f"SELECT $dtId FROM digitaltwins WHERE {condition}")
        assert sorted(row["$dtId"] for row in found) == ids, condition


def test_pages_go_on_where_they_stopped(building, raw):
    seen, token = [], None
    while True:
        ask = {"continuationToken": token} if token else {"query": "SELECT $dtId FROM digitaltwins"}
        answer = raw("POST", "/query", ask, max_items_per_page="3")
        assert answer.status == 200 and float(answer.headers["query-charge"]) > 0
        seen += [row["$dtId"] for row in answer.json["value"]]
        assert len(answer.json["value"]) <= 3
        token = answer.json.get("continuationToken")
        if not token:
            break
    assert sorted(seen) == ["f1", "f2", "r1", "r2", "r3", "r4", "r5", "tower"]


def test_a_write_is_seen_at_once(building):
    for value in range(20):
        building.update_digital_twin("r1", [{"op": "replace", "path": "/area", "value": float(value)}])
        assert rows(building, "SELECT area FROM digitaltwins WHERE $dtId = 'r1'") == [{"area": float(value)}]


@pytest.mark.parametrize("text", ["", "SELECT", "SELECT * FROM nothing", "SELECT * FROM digitaltwins WHERE ((("])
def test_bad_queries(building, text):
    with pytest.raises(HttpResponseError) as error:
        rows(building, text)
    assert error.value.status_code == 400


def test_a_query_may_look_back(building, raw):
    then = raw("GET", "/digitaltwins/r1").json["$metadata"]["$lastUpdateTime"]
    building.update_digital_twin("r1", [{"op": "replace", "path": "/area", "value": 99.0}])
    past = rows(building, f"SELECT area FROM digitaltwins AS OF '{then}' WHERE $dtId = 'r1'")
    assert past == [{"area": 11.0}]
