#!/usr/bin/env python3
"""Turns the samples that the rows print into one table: Nuri, its peers, their ratio, and what is required.

Usage: report.py SAMPLES [--title TEXT] [--append RESULTS.md]. Exits 0 whatever the figures say.
"""

import statistics
import sys

# Group and case: (comparison, limit on Nuri's own figure); "least" or "most".
LIMITS = {
    ("memory", "a twin with 3 relationships, after opening"): ("most", 400),
    ("memory", "a twin with 3 relationships, just written"): ("most", 400),
    ("updates", "batches of 1,000, 1 client, one core"): ("least", 400e3),
    ("updates", "batches of 1,000, 8 clients, one core"): ("least", 400e3),
    ("singles", "64 tasks"): ("least", 100e3),
    ("singles", "64 threads"): ("least", 100e3),
    ("forks", "fork, as a value"): ("most", 10),
    ("forks", "first write in a fork, as a value"): ("most", 20),
    ("forks", "an open fork with a write, as a value"): ("most", 64e3),
    ("forks", "an open fork with a write, durable"): ("most", 64e3),
    ("slowdown", "updates while a query runs"): ("most", 1.3),
    ("slowdown", "updates while 100 forks are open"): ("most", 1.5),
    ("queries", "count of twins where T.x > c"): ("most", 10),
    ("queries", "3-hop JOIN from one twin"): ("most", 100),
    ("rewind", "one twin, 10 changes per twin later"): ("most", 50),
    ("rewind", "a twin that changed 3,000 times since"): ("most", 50),
    ("rewind", "the whole graph"): ("most", 2),
    ("start", "checkpoint and 1 change per twin to replay"): ("most", 2),
    ("import", "the world from a file"): ("most", 20),
    ("queries", "20 twins by model and number"): ("least", 10e3),
    ("server", "durable PATCH of one property, 64 connections"): ("least", 25e3),
    ("server", "NDJSON batches of 1,000 updates, 4 connections"): ("least", 200e3),
    ("server", "query of 20 twins by model and property, 16 connections"): ("least", 10e3),
    ("server", "start to first answer, sample world"): ("most", 300),
    ("tiles", "buildings from footprints to tiles, one core"): ("least", 100e3),
    ("tiles", "all geometry on the wire, gzip"): ("most", 12),
    ("tiles", "all geometry on the wire, zstd"): ("most", 12),
    ("page", "first load, compressed, without tiles"): ("most", 1.5),
    ("page", "all of the page and its libraries, compressed"): ("most", 1.5),
    ("page", "first load: ready"): ("most", 2),
    ("page", "first load: first picture"): ("most", 2),
    ("page", "interaction to next paint, 98 of 100"): ("most", 100),
    ("page", "630,000 buildings: first picture"): ("most", 5),
    ("page", "630,000 buildings: tiles of the first view, compressed"): ("most", 12),
    ("page", "630,000 buildings: change of values"): ("most", 10),
    ("feed", "memory of an idle reader"): ("most", 10),
    ("feed", "one change to 10,000 readers, p99"): ("most", 150),
}

# Group, start of the case, peer: how many times better Nuri has to be.
RATIOS = {("updates", "RocksDB"): 5, ("updates", "SQLite"): 10}

# Group, end of the case, peer: how many times as much Nuri may take.
COSTS = {
    ("server", ": processor time each", "C epoll"): 1.5,
    ("server", ": processor time each", "nginx"): 1.4,
    ("policies", ", 100 policies", "no policy"): 1.5,
}

# Units of which more is better.
RATES = {"/s"}


def read(path):
    """Samples by (group, case), then subject; the order of first appearance is kept."""
    rows, units = {}, {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if len(fields) == 6 and fields[0] == "figure":
                _, group, case, subject, unit, value = fields
                rows.setdefault((group, case), {}).setdefault(subject, []).append(float(value))
                units[(group, case)] = unit
    return rows, units


def number(value):
    """Three significant figures, thousands as k and millions as M."""
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}" if value < 1e9 else f"{value:.3g}"
    return f"{value:.3g}"


def figure(samples):
    middle = number(statistics.median(samples))
    if len(samples) == 1:
        return middle
    return f"{middle} ({number(min(samples))}–{number(max(samples))})"


def ratio(nuri, peer, unit):
    """How many times better Nuri is."""
    mine, theirs = statistics.median(nuri), statistics.median(peer)
    return mine / theirs if unit in RATES else theirs / mine


def verdict(key, subjects, unit):
    """What is required of a row and whether it holds."""
    parts = []
    kind, limit = LIMITS.get(key, (None, None))
    if kind in ("least", "most"):
        middle = statistics.median(subjects["Nuri"])
        holds = middle >= limit if kind == "least" else middle <= limit
        parts.append(f"{'≥' if kind == 'least' else '≤'} {number(limit)} {'✓' if holds else '✗'}")
    if unit in RATES:
        for (group, peer), least in RATIOS.items():
            if key[0] == group and peer in subjects:
                holds = ratio(subjects["Nuri"], subjects[peer], unit) >= least
                parts.append(f"≥ {least}× {peer} {'✓' if holds else '✗'}")
    for (group, end, peer), most in COSTS.items():
        if key[0] == group and key[1].endswith(end) and peer in subjects:
            times = statistics.median(subjects["Nuri"]) / statistics.median(subjects[peer])
            parts.append(f"≤ {most}× {peer}: {times:.2f}× {'✓' if times <= most else '✗'}")
    return ", ".join(parts)


def table(path):
    rows, units = read(path)
    lines = ["| row | case | unit | Nuri | peers (times better Nuri is) | required |", "|---|---|---|---|---|---|"]
    for (group, case), subjects in rows.items():
        if "Nuri" not in subjects:
            continue
        unit = units[(group, case)]
        peers = [
            f"{name} {figure(samples)}: {number(ratio(subjects['Nuri'], samples, unit))}×"
            for name, samples in subjects.items() if name != "Nuri"
        ]
        required = verdict((group, case), subjects, unit)
        lines.append(f"| {group} | {case} | {unit} | {figure(subjects['Nuri'])} | {'; '.join(peers)} | {required} |")
    return "\n".join(lines)


def main():
    arguments = sys.argv[1:]
    title = arguments[arguments.index("--title") + 1] if "--title" in arguments else ""
    text = table(arguments[0])
    print(text)
    if "--append" in arguments:
        path = arguments[arguments.index("--append") + 1]
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"\n{title}\n\n{text}\n")


if __name__ == "__main__":
    main()
