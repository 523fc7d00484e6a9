"""Checks the built files against each other: ids, ends, models, and every value against its schema."""

import collections
import datetime
import json
import os
import re
import subprocess

GEOMETRY_DEPTH = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiPolygon": 3}
NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?")
TWIN_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
INT32 = 2**31


def parents(model):
    extends = model.get("extends", [])
    return [extends] if isinstance(extends, str) else extends


def load_models(folder):
    """All models, each after those it extends or has as a component."""
    models = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            model = json.load(file)
        models[model["@id"]] = model
    ordered = []

    def place(identifier):
        model = models[identifier]
        components = [c["schema"] for c in model["contents"] if c["@type"] == "Component"]
        for needed in parents(model) + components:
            place(needed)
        if model not in ordered:
            ordered.append(model)

    for identifier in sorted(models):
        place(identifier)
    return ordered


class Checker:
    def __init__(self, models):
        self.models = {m["@id"]: m for m in models}
        self.problems = collections.Counter()
        self.examples = {}
        self.contents = {i: self._inherited(i) for i in self.models}
        self.bases = {i: self._bases(i) for i in self.models}

    def problem(self, kind, example):
        self.problems[kind] += 1
        self.examples.setdefault(kind, example)

    def _inherited(self, identifier):
        model, contents = self.models[identifier], {}
        for parent in parents(model):
            contents |= self._inherited(parent)
        for content in model["contents"]:
            if content["name"] in contents or not NAME.fullmatch(content["name"]):
                self.problem("bad content name", (identifier, content["name"]))
            contents[content["name"]] = content
        return contents

    def _bases(self, identifier):
        found = {identifier}
        for parent in parents(self.models[identifier]):
            found |= self._bases(parent)
        return found

    def properties(self, model, record, where):
        contents = self.contents[model]
        for name, value in record.items():
            if name.startswith("$"):
                continue
            content = contents.get(name)
            kind = content and (content["@type"] if isinstance(content["@type"], str) else content["@type"][0])
            if kind == "Component":
                if value.get("$metadata") != {}:
                    self.problem("component without metadata", (where, name))
                self.properties(content["schema"], value, where)
            elif kind != "Property":
                self.problem("property not in model", (where, name))
            elif not self.fits(value, content["schema"]):
                self.problem("value does not fit its schema", (where, name, value))
        for name, content in contents.items():
            if content["@type"] == "Component" and name not in record:
                self.problem("component missing", (where, name))

    def fits(self, value, schema):
        if isinstance(schema, dict):
            kind = schema["@type"]
            if kind == "Enum":
                return value in [v["enumValue"] for v in schema["enumValues"]]
            if kind == "Array":
                return isinstance(value, list) and all(self.fits(v, schema["elementSchema"]) for v in value)
            if kind == "Map":
                inner = schema["mapValue"]["schema"]
                return isinstance(value, dict) and all(self.fits(v, inner) for v in value.values())
            fields = {f["name"]: f["schema"] for f in schema["fields"]}
            return isinstance(value, dict) and all(n in fields and self.fits(v, fields[n]) for n, v in value.items())
        if schema == "boolean":
            return isinstance(value, bool)
        if schema == "integer":
            return type(value) is int and -INT32 <= value < INT32
        if schema == "double":
            return type(value) in (int, float)
        if schema == "string":
            return isinstance(value, str) and value != ""
        if schema == "date":
            return bool(datetime.date.fromisoformat(value))
        return isinstance(value, dict) and value["type"].lower() == schema.lower() and self.shape(
            value["coordinates"], GEOMETRY_DEPTH[value["type"]])

    def shape(self, coordinates, depth):
        if depth == 0:
            lon, lat = coordinates
            return 124 < lon < 132 and 33 < lat < 39 and all(c == round(c, 6) for c in coordinates)
        inside = len(coordinates) > 0 and all(self.shape(c, depth - 1) for c in coordinates)
        return inside and self.closed(coordinates, depth)

    @staticmethod
    def closed(rings, depth):
        return depth != 2 or all(len(ring) >= 4 and ring[0] == ring[-1] for ring in rings)

    def twins(self, twins):
        model_of = {}
        for twin in twins:
            identifier, model = twin["$dtId"], twin["$metadata"]["$model"]
            if identifier in model_of:
                self.problem("twin id twice", identifier)
            if not TWIN_ID.fullmatch(identifier):
                self.problem("bad twin id", identifier)
            model_of[identifier] = model
            if model not in self.models:
                self.problem("unknown model", (identifier, model))
            else:
                self.properties(model, twin, identifier)
        return model_of

    def relationships(self, relationships, model_of):
        seen, counts = set(), collections.Counter()
        for r in relationships:
            source, name, target = r["$sourceId"], r["$relationshipName"], r["$targetId"]
            if r["$relationshipId"] in seen or not TWIN_ID.fullmatch(r["$relationshipId"]):
                self.problem("relationship id twice or bad", r["$relationshipId"])
            seen.add(r["$relationshipId"])
            if source not in model_of or target not in model_of:
                self.problem("relationship end missing", r)
                continue
            counts[source, name] += 1
            content = self.contents[model_of[source]].get(name)
            if not content or content["@type"] != "Relationship":
                self.problem("relationship not in model", r)
                continue
            if content["target"] not in self.bases[model_of[target]]:
                self.problem("relationship to the wrong model", r)
            if counts[source, name] > content.get("maxMultiplicity", 500):
                self.problem("too many relationships", r)
            declared = {p["name"]: p["schema"] for p in content.get("properties", [])}
            for key, value in r.items():
                if not key.startswith("$") and not (key in declared and self.fits(value, declared[key])):
                    self.problem("relationship property", (r, key))

    def changes(self, changes, model_of, start, end):
        last = start
        for change in changes:
            if not (last <= change["at"] <= end) or change["at"] <= start:
                self.problem("change out of order", change)
            last = change["at"]
            if change["twin"] not in model_of:
                self.problem("change to an unknown twin", change)
            else:
                self.properties(model_of[change["twin"]], change["set"], change["at"])


def read_zst(path):
    data = subprocess.run(["zstd", "-dcq", path], stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(text) for text in data.decode().splitlines()]


def sections(records):
    found, current = {}, None
    for record in records:
        if "Section" in record:
            current = found.setdefault(record["Section"], [])
        else:
            current.append(record)
    return found


def count_table(title, names):
    print(title)
    for name, count in sorted(collections.Counter(names).items()):
        print(f"  {count:7,} {name}")


def check(folder):
    """0 if all is well; prints what there is, and what is wrong."""
    parts = sections(read_zst(os.path.join(folder, "world.ndjson.zst")))
    changes = read_zst(os.path.join(folder, "hours.ndjson.zst"))
    with open(os.path.join(folder, "sample.json"), encoding="utf-8") as file:
        sample = json.load(file)
    checker = Checker(parts["Models"])
    if parts["Models"] != load_models(os.path.join(folder, "models")):
        checker.problem("models differ from the model files", "build again")
    model_of = checker.twins(parts["Twins"])
    checker.relationships(parts["Relationships"], model_of)
    checker.changes(changes, model_of, sample["start"], sample["end"])
    counts = {"models": len(parts["Models"]), "twins": len(model_of),
              "relationships": len(parts["Relationships"]), "changes": len(changes)}
    if any(sample["counts"][name] != count for name, count in counts.items()):
        checker.problem("sample.json counts differ", counts)
    count_table("twins", (m.split(":")[-1] for m in model_of.values()))
    count_table("relationships", (r["$relationshipName"] for r in parts["Relationships"]))
    print(", ".join(f"{count:,} {name}" for name, count in counts.items()))
    for kind, count in sorted(checker.problems.items()):
        print(f"PROBLEM {kind}: {count}, such as {checker.examples[kind]}")
    return 1 if checker.problems else 0
