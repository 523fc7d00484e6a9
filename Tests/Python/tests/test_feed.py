"""The change feed of a real server over TLS: with curl as the documents show it, over a real WebSocket client, through
disconnects, and through `kill -9`."""

import asyncio
import json
import signal
import ssl
import subprocess

import aiohttp
import pytest
from nuri_server import NuriServer

MODEL = {
    "@context": "dtmi:dtdl:context;3",
    "@id": "dtmi:feed:Pump;1",
    "@type": "Interface",
    "contents": [{"@type": "Property", "name": "speed", "schema": "double"}],
}
FEED = "/v1/worlds/live/feed"


class House:
    def __init__(self, server):
        self.server = server

    @property
    def headers(self):
        return {"authorization": "Bearer " + self.server.key}

    def session(self):
        context = ssl.create_default_context(cafile=self.server.ca)
        return aiohttp.ClientSession(
            self.server.url, headers=self.headers, connector=aiohttp.TCPConnector(ssl=context, limit=0),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=30))

    async def furnish(self, count):
        async with self.session() as session:
            async with session.post("/models?api-version=2023-10-31", json=[MODEL]) as answer:
                assert answer.status == 201, await answer.text()
            for number in range(count):
                await put(session, f"pump-{number}", 0)


def finish(coroutine):
    """Runs it, and fails where it never ends: a feed that stays silent is open for ever."""
    asyncio.run(asyncio.wait_for(coroutine, 120))


async def put(session, id, speed):
    twin = {"$metadata": {"$model": MODEL["@id"]}, "speed": speed}
    async with session.put(f"/digitaltwins/{id}?api-version=2023-10-31", json=twin) as answer:
        assert answer.status == 200, await answer.text()


async def patch(session, id, speed):
    body = json.dumps([{"op": "replace", "path": "/speed", "value": speed}])
    async with session.patch(
        f"/digitaltwins/{id}?api-version=2023-10-31", data=body,
        headers={"content-type": "application/json-patch+json"},
    ) as answer:
        return answer.status == 204


async def events(response):
    """The events of a stream, heartbeats' ids included."""
    event = {}
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if not line:
            if event:
                yield event
            event = {}
            continue
        name, _, value = line.partition(": ")
        event[name] = json.loads(value) if name == "data" else value


@pytest.fixture
def house():
    with NuriServer() as server:
        yield House(server)


def test_curl(house):
    finish(house.furnish(2))
    curl = subprocess.Popen(
        ["curl", "-sN", "--cacert", house.server.ca, "-H", f"Authorization: Bearer {house.server.key}",
         house.server.url + FEED + "?snapshot=true"], stdout=subprocess.PIPE, text=True)
    try:
        lines = iter(curl.stdout.readline, "")
        seen = []
        for line in lines:
            if line.startswith("data: "):
                seen.append(json.loads(line[6:]))
                if seen[-1]["event"] == "snapshot-end":
                    break
        assert [event.get("twin") for event in seen] == ["pump-0", "pump-1", None]

        async def change():
            async with house.session() as session:
                assert await patch(session, "pump-1", 7.5)

        finish(change())
        change = next(json.loads(line[6:]) for line in lines if line.startswith("data: "))
        assert change["sequence"] == seen[-1]["sequence"] + 1
        assert (change["kind"], change["twin"], change["set"]) == ("patchTwin", "pump-1", {"speed": 7.5})
    finally:
        curl.kill()
        curl.wait()


def test_nobody_without_a_key(house):
    status = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", house.server.ca, house.server.url + FEED],
        capture_output=True, text=True, check=True)
    assert status.stdout == "401"


def test_websocket(house):
    async def run():
        await house.furnish(2)
        async with house.session() as session, session.ws_connect(FEED + "?from=start&kind=patchTwin") as socket:
            assert json.loads((await socket.receive()).data)["event"] == "ready"
            await socket.send_str('{"ack": 3}')
            for number in range(50):
                assert await patch(session, f"pump-{number % 2}", number)
            heard = [json.loads((await socket.receive()).data) for _ in range(50)]
            assert [event["set"]["speed"] for event in heard] == list(range(50))
            first = heard[10]["sequence"]
            async with session.ws_connect(f"{FEED}?from={first}&kind=patchTwin") as other:
                await other.receive()
                again = [json.loads((await other.receive()).data) for _ in range(40)]
                assert again == heard[10:]

    finish(run())


def test_query(house):
    async def run():
        await house.furnish(2)
        q = {"q": "SELECT T.speed FROM DIGITALTWINS T WHERE T.speed > 10", "snapshot": "true"}
        async with house.session() as session, session.get(FEED, params=q) as response:
            stream = events(response)
            assert (await anext(stream))["event"] == "snapshot-end"
            for speed in (11, 12, 3, 4):
                assert await patch(session, "pump-0", speed)
            heard = [(event["event"], event["data"].get("row")) for event in [await anext(stream) for _ in range(3)]]
            assert heard == [("entered", {"speed": 11}), ("updated", {"speed": 12}), ("left", None)]
        async with house.session() as session:
            async with session.get(FEED, params={"q": "SELECT COUNT() FROM DIGITALTWINS"}) as answer:
                assert answer.status == 400

    finish(run())


def test_no_gap_through_kill(house):
    """Writers write, readers read; the server is killed and started again; readers go on where they stood."""

    async def write(id, stop):
        acknowledged = 0
        async with house.session() as session:
            while not stop.is_set():
                try:
                    acknowledged += await patch(session, id, acknowledged + 1)
                except aiohttp.ClientError:
                    return acknowledged
        return acknowledged

    async def read(heard, params, until):
        if until and heard[-1] >= until:
            return
        async with house.session() as session:
            headers = {"last-event-id": str(heard[-1])}
            try:
                async with session.get(FEED, params=params, headers=headers) as response:
                    assert response.status == 200, await response.text()
                    async for event in events(response):
                        data = event.get("data")
                        if data and "sequence" in data:
                            heard.append(data["sequence"])
                            if until and heard[-1] >= until:
                                return
            except aiohttp.ClientError:
                return

    async def round(readers):
        stop = asyncio.Event()
        writers = [asyncio.create_task(write(f"pump-{number}", stop)) for number in range(4)]
        reading = [asyncio.create_task(read(heard, params, None)) for params, heard in readers]
        await asyncio.sleep(0.7)
        await asyncio.to_thread(house.server.stop, signal.SIGKILL)
        written = sum(await asyncio.gather(*writers))
        await asyncio.gather(*reading)
        await asyncio.to_thread(house.server.start)
        return written

    async def newest():
        async with house.session() as session, session.get(FEED) as response:
            return (await anext(events(response)))["data"]["newest"]

    async def run():
        await house.furnish(4)
        start = await newest()
        readers = [({}, [start]), ({"q": "SELECT * FROM DIGITALTWINS"}, [start]), ({"twin": "pump-*"}, [start])]
        written = 0
        for _ in range(3):
            written += await round(readers)
        last = await newest()
        assert last - start >= written > 0
        await asyncio.gather(*(read(heard, params, last) for params, heard in readers))
        for _, heard in readers:
            assert heard == list(range(start, last + 1))

    finish(run())
