#!/usr/bin/env python3
"""Builds the Yeoksam sample world from the published data.

    python3 build.py DATA            writes world.ndjson.zst, hours.ndjson.zst, sample.json and the mapping examples
    python3 build.py --check         checks what is there
    python3 build.py --check DATA    builds, then checks

DATA is the folder with yeoksam/ and seoul/ in it. Needs Python 3.9 or newer and the zstd command.
"""

import collections
import csv
import json
import os
import subprocess
import sys

import geo
import hours
import verify
import world
from sources import Sources

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(HERE, "mapping-examples")


def say(text):
    print(text, file=sys.stderr, flush=True)


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_zst(name, records):
    """One JSON record per line, packed hard. The same input and the same zstd give the same bytes."""
    data = "".join(compact(record) + "\n" for record in records).encode()
    command = ["zstd", "-19", "-q", "-c", "--single-thread"]
    packed = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(packed)
    say(f"{name}: {len(data):,} bytes, packed {len(packed):,}")


def world_records(models, made):
    yield {"Section": "Header"}
    yield {"fileVersion": "1.0.0", "author": "Nuri Yeoksam sample", "organization": "nuri"}
    yield {"Section": "Models"}
    yield from models
    yield {"Section": "Twins"}
    yield from made.twins
    yield {"Section": "Relationships"}
    yield from made.relationships


def summary(models, made, changes):
    by_model = collections.Counter(t["$metadata"]["$model"].split(":")[-1].split(";")[0] for t in made.twins)
    by_name = collections.Counter(r["$relationshipName"] for r in made.relationships)
    return {
        "name": "yeoksam",
        "displayName": {"en": "Yeoksam, Seoul", "ko": "서울 역삼"},
        "world": "world.ndjson.zst",
        "hours": "hours.ndjson.zst",
        "start": hours.START.isoformat(),
        "end": hours.END.isoformat(),
        "timeZone": "Asia/Seoul",
        "box": made.box,
        "attribution": "© OpenStreetMap contributors (ODbL 1.0); Seoul open data; "
                       "Seoul Bike Sharing Demand, UCI (CC BY 4.0)",
        "counts": {
            "models": len(models), "twins": len(made.twins), "relationships": len(made.relationships),
            "changes": changes, "twinsByModel": dict(sorted(by_model.items())),
            "relationshipsByName": dict(sorted(by_name.items())),
        },
    }


def write_text(path, text):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    say(f"{os.path.relpath(path, HERE)}: {os.path.getsize(path):,} bytes")


def write_examples(sources, made):
    """Small files to import: some of the things in the world again, and some just outside it."""
    columns = ("stand_id", "location_name", "stand_type", "facility_type", "installed_at", "dong_name",
               "lot_address", "road_address")
    near = [made.box[0] - 0.02, made.box[1] - 0.02, made.box[2] + 0.02, made.box[3] + 0.02]

    def outside(place):
        return geo.in_box(near, place) and not geo.in_box(made.box, place)

    stands = [s for s in sources.features("yeoksam", "taxi-stands.geojson")
              if s["properties"]["is_target_dong"] or outside(s["geometry"]["coordinates"])]
    stands.sort(key=lambda s: s["properties"]["stand_id"])
    features = ",\n".join(compact({
        "type": "Feature", "properties": {c: s["properties"][c] for c in columns}, "geometry": s["geometry"],
    }) for s in stands)
    write_text(os.path.join(EXAMPLES, "taxi-stands.geojson"),
               '{"type":"FeatureCollection","features":[\n' + features + "\n]}\n")
    rows = ["station,latitude,longitude"]
    rows += [f"{name},{place[1]},{place[0]}" for name, place in sorted(sources.bike_stations())
             if outside(place)]
    write_text(os.path.join(EXAMPLES, "bike-stations.csv"), "\n".join(rows) + "\n")


def build(data):
    sources = Sources(data)
    models = verify.load_models(os.path.join(HERE, "models"))
    made = world.World(sources, say)
    stations = {world.station_id(name): counts for name, counts in made.subway.items()
                if geo.in_box(made.box, counts.get("location", (0, 0)))}
    record = hours.Hours(sources, stations)
    made.build(record.at(hours.START))
    changes = list(record.lines())
    write_zst("world.ndjson.zst", world_records(models, made))
    write_zst("hours.ndjson.zst", changes)
    write_text(os.path.join(HERE, "sample.json"),
               json.dumps(summary(models, made, len(changes)), ensure_ascii=False, indent=2) + "\n")
    write_examples(sources, made)


def main(arguments):
    folders = [a for a in arguments if a != "--check"]
    if len(folders) > 1 or not arguments or any(a.startswith("-") for a in folders):
        sys.exit(__doc__)
    if folders:
        build(folders[0])
    if "--check" in arguments:
        sys.exit(verify.check(HERE))


if __name__ == "__main__":
    main(sys.argv[1:])
