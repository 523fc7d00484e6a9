"""A server for tests: answers as its path says, and writes down what it was sent.

usage: receiver.py PORT [--tls CERT KEY] [--log FILE] [--script "500,429:1,hang,200"]
"""
import argparse
import base64
import http.server
import json
import ssl
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--tls", nargs=2)
parser.add_argument("--log")
parser.add_argument("--script", default="")
options = parser.parse_args()
lock = threading.Lock()
script = [step for step in options.script.split(",") if step]


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def note(self, body, status):
        if options.log is None:
            return
        entry = {"method": self.command, "path": self.path, "status": status, "port": self.client_address[1],
                 "headers": {name.lower(): value for name, value in self.headers.items()},
                 "body": base64.b64encode(body).decode()}
        with lock, open(options.log, "a") as file:
            file.write(json.dumps(entry) + "\n")

    def hook(self, body):
        with lock:
            step = script.pop(0) if script else "200"
        word, _, detail = step.partition(":")
        if word == "hang":
            self.note(body, 0)
            time.sleep(float(detail or 60))
            self.close_connection = True
            return
        if word == "drop":
            self.note(body, 0)
            self.close_connection = True
            return
        # Answers by what an event says: refuses a batch that holds a marked one.
        if word == "200" and b"refuse-me" in body:
            word = "400"
        self.note(body, int(word))
        self.answer(int(word), headers=[("Retry-After", detail)] if detail else [])

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = self.path.split("?")[0].strip("/").split("/")
        if parts[0] == "hook" and self.command == "POST":
            return self.hook(body)
        self.note(body, 200)
        if self.command == "OPTIONS":
            origin = self.headers.get("WebHook-Request-Origin", "")
            return self.answer(200, headers=[("WebHook-Allowed-Origin", origin)] if parts[0] != "closed" else [])
        if parts[0] == "status":
            return self.answer(int(parts[1]), b"as you like")
        if parts[0] == "slow":
            time.sleep(float(parts[1]))
            return self.answer(200, b"late")
        if parts[0] == "big":
            return self.answer(200, b"x" * int(parts[1]))
        if parts[0] == "heads":
            return self.answer(200, headers=[("X-Many", "y" * 1000)] * int(parts[1]))
        if parts[0] == "redirect":
            return self.answer(302, headers=[("Location", "/echo")])
        echo = {"method": self.command, "path": self.path, "body": body.decode("latin-1"),
                "port": self.client_address[1],
                "headers": {name.lower(): value for name, value in self.headers.items()}}
        self.answer(200, json.dumps(echo).encode(), headers=[("X-Answer", "  spaced \t"), ("X-Empty", "")])

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = handle_any

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Receiver)
server.daemon_threads = True
if options.tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*options.tls)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
