"""A Chromium that is driven over its pipe and whose network nobody watches: what watches it, as drivers of browsers do,
keeps every answer, and something of every request for ever, in the page's process. For soak.py.

The protocol: https://chromedevtools.github.io/devtools-protocol/
"""

import json
import os
import shutil
import subprocess
import tempfile
import time

from browse import CHROMIUM, FLAGS, signed_in, until


class Browser:
    """One page, of somebody who is signed in as admin and has seen the tour. Use it with `with`."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="nuri-soak-")
        ours, theirs = os.pipe(), os.pipe()

        def pipes():
            # The browser reads from 3 and writes to 4, whichever numbers these pipes have.
            kept = os.dup(ours[0]), os.dup(theirs[1])
            os.dup2(kept[0], 3)
            os.dup2(kept[1], 4)

        self.process = subprocess.Popen(
            [CHROMIUM, "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={self.folder}", *FLAGS],
            preexec_fn=pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(ours[0])
        os.close(theirs[1])
        self.writer, self.reader = os.fdopen(ours[1], "wb", 0), os.fdopen(theirs[0], "rb")
        self.number, self.session, self.waits = 0, None, b""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.send("Emulation.setDeviceMetricsOverride", width=1440, height=900, deviceScaleFactor=1, mobile=False)
        self.send("Emulation.setTimezoneOverride", timezoneId="Asia/Seoul")
        self.send("Page.enable")
        self.send("Page.addScriptToEvaluateOnNewDocument", source=signed_in(self.server) + """
          window.thrown = [];
          for (const kind of ["error", "unhandledrejection"]) {
            addEventListener(kind, (event) => thrown.push(String(event.message ?? event.reason)));
          }""")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def send(self, method, **parameters):
        """Asks for something and waits for the answer; what is told meanwhile is passed over."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.writer.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self.next())
            if answer.get("id") == self.number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def next(self):
        """The next message; each ends with a zero byte."""
        while b"\0" not in self.waits:
            more = self.reader.read1(65536)
            assert more, "the browser is gone"
            self.waits += more
        message, _, self.waits = self.waits.partition(b"\0")
        return message

    def goto(self, address):
        self.send("Page.navigate", url=address)

    def evaluate(self, script, *arguments):
        """The value of a script, or what it answers as a function to the arguments; promises are waited for."""
        if arguments:
            script = f"({script})({', '.join(map(json.dumps, arguments))})"
        answer = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, (script, answer["exceptionDetails"])
        return answer["result"].get("value")

    def wait_for_timeout(self, milliseconds):
        time.sleep(milliseconds / 1000)

    def has(self, selector):
        return self.evaluate("(selector) => document.querySelector(selector) !== null", selector)

    def middle(self, selector, number=0):
        """The middle of an element, in pixels of the page, once it is there."""
        until(self, f"document.querySelectorAll({json.dumps(selector)})[{number}] !== undefined")
        return self.evaluate("""(selector, number) => {
          const { left, right, top, bottom } = document.querySelectorAll(selector)[number].getBoundingClientRect();
          return [(left + right) / 2, (top + bottom) / 2];
        }""", selector, number)

    def click(self, selector, number=0):
        self.click_at(*self.middle(selector, number))

    def click_at(self, x, y):
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, button="left", clickCount=1)
        self.mouse("mouseReleased", x, y, button="left", clickCount=1)

    def mouse(self, kind, x, y, **more):
        self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)
