"""The SDK's asynchronous client, many requests at once over few connections."""

import asyncio

import nuri_sdk
import pytest
from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.digitaltwins.core.aio import DigitalTwinsClient
from conftest import twin


@pytest.mark.asyncio
async def test_of_many_writers_with_one_etag_one_wins(building):
    async with nuri_sdk.make_client(kind=DigitalTwinsClient) as client:
        seen = (await client.get_digital_twin("r1"))["$etag"]

        async def write(value):
            try:
                await client.update_digital_twin(
                    "r1", [{"op": "replace", "path": "/area", "value": float(value)}], etag=seen,
                    match_condition=MatchConditions.IfNotModified)
                return value
            except ResourceModifiedError:
                return None

        won = [value for value in await asyncio.gather(*map(write, range(20))) if value is not None]
        assert len(won) == 1
        assert (await client.get_digital_twin("r1"))["area"] == float(won[0])


@pytest.mark.asyncio
async def test_many_at_once(building):
    async with nuri_sdk.make_client(kind=DigitalTwinsClient) as client:
        await asyncio.gather(*(
            client.upsert_digital_twin(f"m{number}", twin("Space", area=float(number))) for number in range(200)))
        found = {}
        async for row in client.query_twins("SELECT $dtId, area FROM digitaltwins WHERE STARTSWITH($dtId, 'm')"):
            found[row["$dtId"]] = row["area"]
        assert found == {f"m{number}": float(number) for number in range(200)}
