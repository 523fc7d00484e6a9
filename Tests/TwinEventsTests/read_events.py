"""Reads requests that a receiver wrote down with the package `cloudevents`, and prints what it made of them.

usage: read_events.py RECEIVED.ndjson
"""
import base64
import json
import sys

from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat

for line in open(sys.argv[1]):
    entry = json.loads(line)
    if entry["method"] != "POST" or entry["status"] != 200:
        continue
    body = base64.b64decode(entry["body"])
    headers = entry["headers"]
    if headers["content-type"].startswith("application/cloudevents-batch+json"):
        single = {"content-type": "application/cloudevents+json"}
        messages = [HTTPMessage(single, json.dumps(each).encode()) for each in json.loads(body)]
    else:
        messages = [HTTPMessage(headers, body)]
    for message in messages:
        event = from_http_event(message, JSONFormat())
        attributes = {name: str(value) for name, value in event.get_attributes().items()}
        print(json.dumps({"attributes": attributes, "data": event.get_data()}))
