"""Import and deletion jobs, end to end: upload, import, read the log, cancel, delete; and a server that is killed."""

import json
import time

import nuri_sdk
import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.digitaltwins.core._generated import AzureDigitalTwinsAPI
from azure.digitaltwins.core._generated.models import ImportJob
from conftest import MODELS, twin
from nuri_server import NuriServer

OVER = ("succeeded", "failed", "cancelled")


@pytest.fixture
def jobs(client):
    """The job operations, which the SDK generates and does not yet put into its client."""
    api = client._client
    assert isinstance(api, AzureDigitalTwinsAPI)
    yield api
    for job in list(api.import_jobs.list()):
        if job.status not in OVER:
            try:
                api.import_jobs.cancel(job.id)
            except HttpResponseError:
                pass  # It ended in between.
            wait(api.import_jobs, job.id)
        api.import_jobs.delete(job.id)


def wait(operations, id):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        job = operations.get_by_id(id)
        if job.status in OVER:
            return job
        time.sleep(0.05)
    raise AssertionError(f"the job {id} is still {job.status}")


def lines(*sections):
    """An import file of (name, records) pairs."""
    text = [{"Section": "Header"}, {"fileVersion": "1.0.0", "author": "test", "organization": "nuri"}]
    for name, records in sections:
        text += [{"Section": name}, *records]
    return "".join(json.dumps(line) + "\n" for line in text).encode()


def upload(raw, name, body):
    answer = raw("PUT", f"/uploads/{name}", body, version=None, Content_Type="application/x-ndjson")
    assert answer.status in (200, 201, 204), answer.body


def relationship(source, target, key="$sourceId"):
    return {
        key: source, "$relationshipId": f"{source}-{target}", "$targetId": target, "$relationshipName": "contains"}


BUILDING = lines(
    ("Models", MODELS),
    ("Twins", [{"$dtId": "tower", **twin("Space", area=5.0)}, {"$dtId": "f1", **twin("Floor", meter={"$metadata": {}})}]),
    ("Relationships", [relationship("tower", "f1"), relationship("f1", "tower", key="$dtId")]))


def test_a_file_is_imported(client, jobs, raw, nuri):
    upload(raw, "in.ndjson", BUILDING)
    job = jobs.import_jobs.add("one", ImportJob(
        input_blob_uri="nuri:upload/in.ndjson", output_blob_uri=nuri.url + "/uploads/out.ndjson"))
    assert job.id == "one" and job.status in ("notstarted", "running") and job.created_date_time
    done = wait(jobs.import_jobs, "one")
    assert done.status == "succeeded" and done.error is None
    assert done.finished_date_time and done.last_action_date_time and done.purge_date_time > done.finished_date_time
    assert client.get_digital_twin("tower")["area"] == 5.0
    assert [item["$targetId"] for item in client.list_relationships("f1")] == ["tower"]
    log = [json.loads(line) for line in raw("GET", "/uploads/out.ndjson", version=None).body.splitlines()]
    assert [(line["details"].get("section"), line["details"]["status"]) for line in log] == [
        (None, "Started"), ("Models", "Started"), ("Models", "Succeeded"), ("Twins", "Started"),
        ("Twins", "Succeeded"), ("Relationships", "Started"), ("Relationships", "Succeeded"), (None, "Succeeded")]
    assert {(line["jobId"], line["jobType"], line["logType"]) for line in log} == {("one", "Import", "Info")}
    assert [job.id for job in jobs.import_jobs.list()] == ["one"]


def test_an_id_is_used_once_until_it_is_deleted(jobs, raw):
    upload(raw, "in.ndjson", BUILDING)
    ask = ImportJob(input_blob_uri="nuri:upload/in.ndjson", output_blob_uri="nuri:upload/out.ndjson")
    jobs.import_jobs.add("one", ask)
    wait(jobs.import_jobs, "one")
    with pytest.raises(HttpResponseError) as error:
        jobs.import_jobs.add("one", ask)
    assert error.value.status_code == 409 and error.value.error.code == "JobIdAlreadyExists"
    jobs.import_jobs.delete("one")
    for ask_again in (jobs.import_jobs.get_by_id, jobs.import_jobs.delete, jobs.import_jobs.cancel):
        with pytest.raises(ResourceNotFoundError):
            ask_again("one")
    jobs.import_jobs.add("one", ask)


def test_what_is_wrong_with_a_file_is_in_the_log(client, jobs, raw):
    upload(raw, "in.ndjson", lines(
        ("Models", MODELS),
        ("Twins", [
            {"$dtId": "good", **twin("Space")}, {"$dtId": "bad", **twin("Space", area="large")},
            {"$dtId": "fine", **twin("Space")}])))
    jobs.import_jobs.add("faulty", ImportJob(
        input_blob_uri="nuri:upload/in.ndjson", output_blob_uri="nuri:upload/out.ndjson"))
    job = wait(jobs.import_jobs, "faulty")
    assert job.status == "failed" and "area" in job.error.message
    assert client.get_digital_twin("good") and client.get_digital_twin("fine")
    log = [json.loads(line) for line in raw("GET", "/uploads/out.ndjson", version=None).body.splitlines()]
    errors = [line["details"] for line in log if line["logType"] == "Error"]
    assert errors[0]["section"] == "Twins" and errors[0]["line"] == 9
    assert errors[-1]["status"] == "Failed"


def test_the_uris_of_blobs_mean_uploads_of_their_names(jobs, raw):
    container = "https://account.blob.core.windows.net/container"
    upload(raw, "in.ndjson", BUILDING)
    job = jobs.import_jobs.add("blobs", ImportJob(
        input_blob_uri=f"{container}/in.ndjson?sig=x", output_blob_uri=f"{container}/out.ndjson"))
    assert job.input_blob_uri == f"{container}/in.ndjson?sig=x"
    assert wait(jobs.import_jobs, "blobs").status == "succeeded"
    assert raw("GET", "/uploads/out.ndjson", version=None).status == 200
    # What is over is not cancelled any more.
    assert jobs.import_jobs.cancel("blobs").status == "succeeded"


@pytest.mark.parametrize("body, code", [
    ({}, "ValidationFailed"), ([], "ValidationFailed"), ({"inputBlobUri": "nuri:upload/in.ndjson"}, "ValidationFailed"),
    ({"inputBlobUri": "nuri:upload/none", "outputBlobUri": "nuri:upload/x"}, "ValidationFailed"),
    ({"inputBlobUri": "invalidUri", "outputBlobUri": "invalidOutputUri"}, "InvalidArgument"),
    ({"inputBlobUri": "https://account.blob.core.windows.net/c/none.ndjson", "outputBlobUri": "nuri:upload/x"},
     "ValidationFailed"),
    ({"inputBlobUri": "nuri:upload/../lock", "outputBlobUri": "nuri:upload/x"}, "InvalidArgument"),
    ({"inputBlobUri": "nuri:upload/in.ndjson", "outputBlobUri": "nuri:upload/in.ndjson"}, "InvalidArgument"),
])
def test_bad_requests(jobs, raw, body, code):
    upload(raw, "in.ndjson", BUILDING)
    answer = raw("PUT", "/jobs/imports/bad", body)
    assert answer.status == 400 and answer.code == code


def test_one_at_a_time_and_cancelled(client, jobs, raw):
    many = [{"$dtId": f"t{number}", **twin("Space", area=1.0)} for number in range(60_000)]
    upload(raw, "big.ndjson", lines(("Models", MODELS), ("Twins", many)))
    upload(raw, "in.ndjson", BUILDING)
    jobs.import_jobs.add("big", ImportJob(
        input_blob_uri="nuri:upload/big.ndjson", output_blob_uri="nuri:upload/big.log"))
    with pytest.raises(HttpResponseError) as error:
        jobs.import_jobs.add("two", ImportJob(
            input_blob_uri="nuri:upload/in.ndjson", output_blob_uri="nuri:upload/two.log"), retry_total=0)
    assert error.value.status_code == 429 and error.value.error.code == "TooManyRequests"
    assert int(error.value.response.headers["Retry-After"]) > 0
    with pytest.raises(HttpResponseError) as error:
        jobs.delete_jobs.begin_add(retry_total=0)
    assert error.value.status_code == 429
    assert jobs.import_jobs.cancel("big").status == "cancelling"
    assert wait(jobs.import_jobs, "big").status == "cancelled"
    poller = jobs.delete_jobs.begin_add(polling_interval=0.1)
    assert poller.result().status == "succeeded"
    assert list(client.query_twins("SELECT COUNT() FROM digitaltwins")) == [{"COUNT": 0}]


def test_everything_is_deleted(building, jobs):
    # The SDK takes what a job is asked for as options of its client.
    asking = nuri_sdk.make_client(operation_id="sweep", timeout_in_minutes=15)._client.delete_jobs
    done = asking.begin_add(polling_interval=0.1).result()
    assert done.id == "sweep" and done.status == "succeeded" and done.finished_date_time
    assert not list(building.list_models())
    assert list(building.query_twins("SELECT COUNT() FROM digitaltwins")) == [{"COUNT": 0}]
    assert jobs.delete_jobs.get_by_id("sweep").status == "succeeded"
    assert "sweep" in [job.id for job in jobs.delete_jobs.list()]
    with pytest.raises(HttpResponseError) as error:
        asking.begin_add()
    assert error.value.error.code == "ValidationFailed"
    with pytest.raises(ResourceNotFoundError):
        jobs.delete_jobs.get_by_id("never")


def test_where_to_ask(client, raw, nuri):
    answer = raw("POST", "/jobs/deletions", b"", operation_id="asked")
    assert answer.status == 202
    assert answer.headers["Operation-Location"] == nuri.url + "/jobs/deletions/asked?api-version=2023-10-31"
    assert answer.json["id"] == "asked"
    wait(client._client.delete_jobs, "asked")
    assert raw("POST", "/jobs/deletions?timeoutInMinutes=5", b"").code == "ValidationFailed"


def test_a_server_that_was_killed_says_so():
    with NuriServer() as server:
        def send(path, body=None, method="GET"):
            import ssl, urllib.request
            request = urllib.request.Request(
                server.url + path, body, {
                    "Authorization": "Bearer " + server.key, "Content-Type": "application/json"}, method=method)
            context = ssl.create_default_context(cafile=server.ca)
            with urllib.request.urlopen(request, context=context, timeout=60) as answer:
                return json.loads(answer.read() or b"null")

        many = [{"$dtId": f"t{number}", **twin("Space", area=1.0)} for number in range(60_000)]
        send("/uploads/big.ndjson", lines(("Models", MODELS), ("Twins", many)), "PUT")
        ask = {"inputBlobUri": "nuri:upload/big.ndjson", "outputBlobUri": "nuri:upload/big.log"}
        version = "?api-version=2023-10-31"
        send("/jobs/imports/cut" + version, json.dumps(ask).encode(), "PUT")
        server.stop(how=9)
        server.start()
        job = send("/jobs/imports/cut" + version)
        assert job["status"] == "failed" and job["error"]["code"] == "Interrupted"
        send("/jobs/imports/cut" + version, method="DELETE")
        send("/jobs/imports/cut" + version, json.dumps(ask).encode(), "PUT")
        while (job := send("/jobs/imports/cut" + version))["status"] not in OVER:
            time.sleep(0.05)
        assert job["status"] == "succeeded"
