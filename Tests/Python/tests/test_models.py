"""Models: dependencies, decommissioning, deletion, and the twins that stay behind."""

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from conftest import MODELS, twin


def test_dependencies_are_listed(building):
    def listed(*ids):
        return sorted(model.id for model in building.list_models(dependencies_for=list(ids)))

    assert listed("dtmi:sdk:Floor;1") == ["dtmi:sdk:Floor;1", "dtmi:sdk:Meter;1", "dtmi:sdk:Space;1"]
    assert listed("dtmi:sdk:Meter;1") == ["dtmi:sdk:Meter;1"]
    with pytest.raises(ResourceNotFoundError):
        listed("dtmi:sdk:None;1")


def test_what_a_model_shows(building):
    brief = building.get_model("dtmi:sdk:Space;1")
    assert brief.display_name == {"en": "Space", "ko": "공간"}
    assert brief.decommissioned is False and brief.upload_time is not None and brief.model is None
    whole = building.get_model("dtmi:sdk:Space;1", include_model_definition=True)
    assert whole.model == MODELS[0]


def test_a_decommissioned_model_takes_no_new_twins(building):
    building.decommission_model("dtmi:sdk:Space;1")
    assert building.get_model("dtmi:sdk:Space;1").decommissioned
    with pytest.raises(HttpResponseError) as error:
        building.upsert_digital_twin("new", twin("Space"))
    assert error.value.error.code == "ModelDecommissioned"
    building.update_digital_twin("r1", [{"op": "replace", "path": "/area", "value": 7.0}])


def test_a_model_that_others_need_stays(building):
    with pytest.raises(ResourceExistsError) as error:
        building.delete_model("dtmi:sdk:Meter;1")
    assert error.value.status_code == 409 and error.value.error.code == "ModelReferencesNotDeleted"


def test_twins_outlive_their_model_and_get_it_back(building):
    building.delete_model("dtmi:sdk:Floor;1")
    floor = building.get_digital_twin("f1")
    assert floor["$metadata"]["$model"] == "dtmi:sdk:Floor;1" and floor["area"] == 100.0
    assert [row["$dtId"] for row in building.query_twins("SELECT * FROM digitaltwins WHERE name = 'Floor 1'")] == ["f1"]
    with pytest.raises(HttpResponseError) as error:
        building.update_digital_twin("f1", [{"op": "replace", "path": "/area", "value": 5.0}])
    assert error.value.status_code == 400 and error.value.error.code == "ValidationFailed"
    with pytest.raises(HttpResponseError):
        building.upsert_digital_twin("f3", twin("Floor"))
    building.create_models([MODELS[2]])
    building.update_digital_twin("f1", [{"op": "replace", "path": "/area", "value": 5.0}])
    assert building.get_digital_twin("f1")["area"] == 5.0


def test_a_twin_without_a_model_can_be_deleted(building):
    building.delete_model("dtmi:sdk:Floor;1")
    building.delete_relationship("tower", "tower-f2")
    building.delete_digital_twin("f2")
    with pytest.raises(ResourceNotFoundError):
        building.get_digital_twin("f2")


def test_models_come_all_or_none(client):
    faulty = {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:sdk:Bad;1", "@type": "Interface", "contents": 5}
    with pytest.raises(HttpResponseError) as error:
        client.create_models([MODELS[0], faulty])
    assert error.value.status_code == 400 and error.value.error.code == "DTDLParserError"
    assert not list(client.list_models())
    client.create_models([MODELS[0]])
    with pytest.raises(ResourceExistsError) as error:
        client.create_models(MODELS)
    assert error.value.error.code == "ModelIdAlreadyExists"
    assert len(list(client.list_models())) == 1


def test_models_come_in_pages(client):
    models = [
        {"@context": "dtmi:dtdl:context;3", "@id": f"dtmi:sdk:page:M{number};1", "@type": "Interface"}
        for number in range(23)]
    client.create_models(models)
    pages = [list(page) for page in client.list_models(results_per_page=10).by_page()]
    assert len({model.id for page in pages for model in page}) == 23
