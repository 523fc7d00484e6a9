#!/usr/bin/env python3
"""Writes a world with as many buildings as Seoul has, for trying the page and for benchmarks:

    Samples/yeoksam/seoul.py [BUILDINGS] > seoul.ndjson && nuri import seoul.ndjson --data seoul

The buildings are real footprints, tiled: the sample's squares of one kilometre that have the most buildings are laid
out side by side, around the middle of Seoul, until there are as many as asked for (630,000). No two copies lie the
same way on the grid of coordinates. It is Seoul's number and extent, not Seoul.
"""

import collections
import json
import math
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
MODEL = "dtmi:nuri:yeoksam:Building;1"
MIDDLE = (126.99, 37.55)
NORTH = 1000 / 110_992
SQUARES = 12


def moved(coordinates, by):
    if isinstance(coordinates[0], (int, float)):
        return [round(coordinates[0] + by[0], 7), round(coordinates[1] + by[1], 7)]
    return [moved(each, by) for each in coordinates]


def main():
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 630_000
    east = 1000 / (111_320 * math.cos(math.radians(37.51)))
    text = subprocess.run(["zstdcat", HERE / "world.ndjson.zst"], check=True, capture_output=True).stdout.decode()
    squares = collections.defaultdict(list)
    head = []
    for line in text.splitlines():
        if '"Twins"' in line:
            head.append(line)
        elif f'"$model":"{MODEL}"' in line:
            twin = json.loads(line)
            longitude, latitude = twin["location"]["coordinates"]
            squares[math.floor(longitude / east), math.floor(latitude / NORTH)].append(twin)
        elif not line.startswith('{"$'):
            if '"Relationships"' not in line:
                head.append(line)
    print("\n".join(head))
    best = sorted(squares.items(), key=lambda item: -len(item[1]))[:SQUARES]
    mean = sum(len(twins) for _, twins in best) / len(best)
    side = math.ceil(math.sqrt(wanted / mean))
    made = 0
    for place in range(side * side + side):
        (x, y), twins = best[place % len(best)]
        column, row = place % side - side // 2, place // side - side // 2
        shift = (place * 0.6180339887 % 1) * 1e-6
        by = (MIDDLE[0] + column * east - x * east + shift, MIDDLE[1] + row * NORTH - y * NORTH - shift)
        for twin in twins:
            if made == wanted:
                return
            copy = dict(twin)
            copy["$dtId"] = f"{twin['$dtId']}-{place}"
            for name in ("location", "footprint"):
                copy[name] = {**twin[name], "coordinates": moved(twin[name]["coordinates"], by)}
            print(json.dumps(copy, ensure_ascii=False, separators=(",", ":")))
            made += 1


if __name__ == "__main__":
    main()
