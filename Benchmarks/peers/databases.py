"""The same queries and imports as the Swift rows, asked of DuckDB and of Kuzu over the same data.

Usage: databases.py duckdb|kuzu FOLDER TWINS RUNS. Prints samples like nuri-bench does. Both run inside this
process; a call through their Python bindings costs tens of microseconds, which only matters for the short ones.
"""

import os
import random
import shutil
import sys
import time

import duckdb
import kuzu

SCAN = "count of twins where T.x > c"
LIST = "list where three conditions hold"
JOIN = "3-hop JOIN from one twin"
MATCH = "MATCH 1 to 5 hops from one twin"


def emit(group, case, subject, value, unit):
    print(f"figure\t{group}\t{case}\t{subject}\t{unit}\t{value}", flush=True)


class DuckDB:
    name = "DuckDB"
    queries = {
        SCAN: ("SELECT count(*) FROM twins WHERE temperature > 90", 1),
        LIST: ("SELECT id FROM twins WHERE temperature > 90 AND running AND flow < 1", 1),
        JOIN: (
            "SELECT c.target FROM relationships a JOIN relationships b ON b.source = a.target "
            "JOIN relationships c ON c.source = b.target WHERE a.source = ?", 10),
        MATCH: (
            "WITH RECURSIVE reached(id, depth) AS (SELECT target, 1 FROM relationships WHERE source = ? "
            "UNION SELECT r.target, depth + 1 FROM reached JOIN relationships r ON r.source = reached.id "
            "WHERE depth < 5) SELECT DISTINCT id FROM reached", 3),
    }

    def __init__(self, folder):
        self.folder = folder
        path = f"{folder}/duckdb.db"
        if os.path.exists(path):
            os.remove(path)
        self.connection = duckdb.connect(path)

    def load(self):
        run = self.connection.execute
        run("CREATE TABLE twins (id VARCHAR PRIMARY KEY, temperature DOUBLE, pressure DOUBLE, flow DOUBLE, "
            "speed FLOAT, hours INTEGER, stage INTEGER, running BOOLEAN, serial VARCHAR)")
        run("CREATE TABLE relationships (source VARCHAR, target VARCHAR, id VARCHAR)")
        run(f"COPY twins FROM '{self.folder}/twins.csv' (HEADER)")
        run(f"COPY relationships FROM '{self.folder}/relationships.csv' (HEADER)")
        run("CHECKPOINT")
        return run("SELECT count(*) FROM twins").fetchone()[0]

    def close(self):
        self.connection.close()

    def index(self):
        self.connection.execute("CREATE INDEX by_source ON relationships (source)")

    def ask(self, text, id):
        return len(self.connection.execute(text, [id] if id else []).fetchall())


class Kuzu:
    name = "Kuzu"
    queries = {
        SCAN: ("MATCH (t:Pump) WHERE t.temperature > 90 RETURN count(*)", 1),
        LIST: ("MATCH (t:Pump) WHERE t.temperature > 90 AND t.running AND t.flow < 1 RETURN t.id", 1),
        JOIN: (
            "MATCH (a:Pump {id: $id})-[:feeds]->(:Pump)-[:feeds]->(:Pump)-[:feeds]->(d:Pump) RETURN d.id", 10),
        MATCH: ("MATCH (a:Pump {id: $id})-[:feeds*1..5]->(b:Pump) RETURN DISTINCT b.id", 3),
    }

    def __init__(self, folder):
        self.folder = folder
        path = f"{folder}/kuzu.db"
        for suffix in ("", ".wal"):
            if os.path.isdir(path + suffix):
                shutil.rmtree(path + suffix)
            elif os.path.exists(path + suffix):
                os.remove(path + suffix)
        self.database = kuzu.Database(path)
        self.connection = kuzu.Connection(self.database)
        self.prepared = {}

    def load(self):
        run = self.connection.execute
        run("CREATE NODE TABLE Pump (id STRING PRIMARY KEY, temperature DOUBLE, pressure DOUBLE, flow DOUBLE, "
            "speed FLOAT, hours INT32, stage INT32, running BOOLEAN, serial STRING)")
        run("CREATE REL TABLE feeds (FROM Pump TO Pump, name STRING)")
        run(f"COPY Pump FROM '{self.folder}/twins.csv' (HEADER=true)")
        run(f"COPY feeds FROM '{self.folder}/relationships.csv' (HEADER=true)")
        run("CHECKPOINT")
        return run("MATCH (t:Pump) RETURN count(*)").get_next()[0]

    def close(self):
        self.connection.close()
        self.database.close()

    def index(self):
        pass

    def ask(self, text, id):
        if text not in self.prepared:
            self.prepared[text] = self.connection.prepare(text)
        return len(self.connection.execute(self.prepared[text], {"id": id} if id else {}).get_all())


def main():
    which, folder, twins, runs = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    store = None
    for turn in range(runs):
        if store:
            store.close()
        store = {"duckdb": DuckDB, "kuzu": Kuzu}[which](folder)
        start = time.perf_counter()
        assert store.load() == twins
        emit("import", "the world from a file", store.name, time.perf_counter() - start, "s")
    store.index()
    for case, (text, times) in store.queries.items():
        needs_twin = case in (JOIN, MATCH)
        unit, factor = ("µs", 1e6) if needs_twin else ("ms", 1e3)
        for turn in range(runs + 1):
            numbers = random.Random(turn)
            ids = [f"pump-{1_000_000 + numbers.randrange(twins)}" if needs_twin else None for _ in range(times)]
            start = time.perf_counter()
            rows = sum(store.ask(text, id) for id in ids)
            taken = time.perf_counter() - start
            if turn > 0:  # the first round warms the caches
                emit("queries", case, store.name, taken / times * factor, unit)
        print(f"  {store.name}: {case}: {rows / times} rows an answer", file=sys.stderr)


main()
