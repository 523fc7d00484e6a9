"""Draws docs/pictures/yeoksam.png from the sample world: its buildings, extruded, coloured by height.

Usage: python3 docs/pictures/draw.py   (needs matplotlib and the zstd command)
"""

import json
import math
import pathlib
import subprocess

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.collections import LineCollection, PolyCollection

ROOT = pathlib.Path(__file__).resolve().parents[2]
TURN = math.radians(28)
TILT = 0.52
LIFT = 1.15


def records():
    text = subprocess.run(
        ["zstd", "-dc", ROOT / "Samples/yeoksam/world.ndjson.zst"], capture_output=True, check=True
    ).stdout
    for line in text.splitlines():
        yield json.loads(line)


def project(longitude, latitude, height=0.0):
    x = (longitude - 127.0385) * 88_200
    y = (latitude - 37.5050) * 111_000
    u = x * math.cos(TURN) - y * math.sin(TURN)
    v = x * math.sin(TURN) + y * math.cos(TURN)
    return u, v * TILT + height * LIFT


def main():
    walls, roads = [], []
    for record in records():
        if record.get("footprint"):
            for polygon in record["footprint"]["coordinates"]:
                add_building(walls, polygon[0], record.get("height") or 10)
        elif record.get("path") and "roadClass" in record:
            roads.append([project(*point[:2]) for point in record["path"]["coordinates"]])
    walls.sort(key=lambda wall: -wall[0])
    colours = plt.get_cmap("viridis")
    figure = plt.figure(figsize=(12, 5.2), dpi=90, facecolor="#0d1522")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.add_collection(LineCollection(roads, colors="#26415f", linewidths=0.7, zorder=1))
    faces = [shade(colours(min(1, wall[2] / 120) ** 0.7), wall[3]) for wall in walls]
    axes.add_collection(PolyCollection([wall[1] for wall in walls], facecolors=faces, linewidths=0, zorder=2))
    axes.set_xlim(-1500, 1500)
    axes.set_ylim(-560, 740)
    axes.axis("off")
    figure.text(
        0.99, 0.015, "Yeoksam, Seoul · © OpenStreetMap contributors, ODbL 1.0 · most heights are defaults",
        color="#9fb3c8", fontsize=8, ha="right",
    )
    figure.savefig(ROOT / "docs/pictures/yeoksam.png")


def add_building(walls, ring, height):
    base = [project(*point[:2]) for point in ring]
    roof = [project(*point[:2], height) for point in ring]
    depth = sum(point[1] for point in base) / len(base)
    for i in range(len(ring) - 1):
        quad = [base[i], base[i + 1], roof[i + 1], roof[i]]
        light = 0.45 + 0.25 * abs(base[i + 1][0] - base[i][0]) / (1 + math.dist(base[i], base[i + 1]))
        walls.append((depth, quad, height, light))
    walls.append((depth - 0.01, roof, height, 1.0))


def shade(colour, light):
    return tuple(channel * light for channel in colour[:3])


main()
