"""Tiles and values by docs/tiles.md, and nothing else."""

import math
import struct


class Streams:
    def __init__(self, data, at):
        self.data, self.at = data, at

    def numbers(self, count):
        width, start = self.data[self.at], self.at + 1
        self.at = start + width * count
        return [sum(self.data[start + p * count + i] << (8 * p) for p in range(width)) for i in range(count)]

    def signed(self, count):
        return [value // 2 if value % 2 == 0 else -(value + 1) // 2 for value in self.numbers(count)]


def across(part, same, other):
    return math.floor(-part * same / other + 0.5) if other else 0


def steps_of(pairs, is_area):
    """The steps of one ring from what stands for them."""
    steps = []
    for number, (a, b) in enumerate(pairs):
        if not is_area or number == 0:
            steps.append((a, b))
        elif len(pairs) == 3 and number == 2:
            steps.append((a - steps[0][0], b - steps[0][1]))
        elif abs(steps[-1][1]) >= abs(steps[-1][0]):
            steps.append((a, b + across(a, *steps[-1])))
        else:
            steps.append((b + across(a, steps[-1][1], steps[-1][0]), a))
    return steps


def tile(data):
    """Kind, square, and of each feature: rings (hole or not, points in metres from the centre), base, height."""
    assert data[:4] == b"NTL1"
    count, rings, points, x, y = struct.unpack_from("<IIIii", data, 8)
    read = Streams(data, 28)
    of_feature, holes, lengths = read.numbers(count), read.numbers(rings), read.numbers(rings)
    firsts = list(zip(read.signed(rings), read.signed(rings)))
    pairs = list(zip(read.signed(points - rings), read.signed(points - rings)))
    bases, heights = read.signed(count), read.numbers(count)
    assert data[4] == 4 or read.at == len(data)
    shapes, step, place = [], 0, (0, 0)
    for ring in range(rings):
        place = (place[0] + firsts[ring][0], place[1] + firsts[ring][1])
        line = [place]
        for dx, dy in steps_of(pairs[step:step + lengths[ring] - 1], data[4] >= 2):
            line.append((line[-1][0] + dx, line[-1][1] + dy))
        step += lengths[ring] - 1
        shapes.append((holes[ring] == 1, [(px * 0.05, py * 0.05) for px, py in line]))
    features, at = [], 0
    for number in range(count):
        features.append((shapes[at:at + of_feature[number]], bases[number] * 0.05, heights[number] * 0.05))
        at += of_feature[number]
    return data[4], (x, y), features


def values(data):
    """The values of each tile, by hash; `None` where there is none."""
    assert data[:4] == b"NVL1"
    count, low, high = struct.unpack_from("<Idd", data, 4)
    at, tiles = 24 + 20 * count, {}
    for number in range(count):
        entry = 24 + 20 * number
        length = struct.unpack_from("<I", data, entry + 16)[0]
        codes = struct.unpack_from(f"<{length}H", data, at)
        tiles[data[entry:entry + 16].hex()] = [
            None if code == 65535 else low + code * (high - low) / 65534 for code in codes]
        at += 2 * length
    assert at == len(data)
    return tiles
