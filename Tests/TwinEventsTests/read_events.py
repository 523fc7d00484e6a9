"""Reads requests that a receiver wrote down with the package `cloudevents`, and prints what it made of them.

usage: read_events.py RECEIVED.ndjson
"""
import base64
import json
import sys

try:
    from cloudevents.http import from_http, from_json
except ImportError:
    from cloudevents.v1.http import from_http, from_json

for line in open(sys.argv[1]):
    entry = json.loads(line)
    if entry["method"] != "POST" or entry["status"] != 200:
        continue
    body = base64.b64decode(entry["body"])
    if entry["headers"]["content-type"].startswith("application/cloudevents-batch+json"):
        events = [from_json(json.dumps(each)) for each in json.loads(body)]
    else:
        events = [from_http(entry["headers"], body)]
    for event in events:
        attributes = {name: event[name] for name in event}
        print(json.dumps({"attributes": attributes, "data": event.data}))
