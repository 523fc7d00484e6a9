"""A pytest plugin that passes a run when exactly the tests named in expected.txt did not pass."""

import os

NAMES = os.path.join(os.path.dirname(__file__), "..", "expected.txt")


def expected():
    """The outcome each named test must have: `name: outcome: reason` a line."""
    found = {}
    with open(NAMES) as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, outcome, reason = (part.strip() for part in line.split(" | "))
                assert reason, "every test that does not pass has a reason: " + name
                found[name] = outcome
    return found


class Outcomes:
    def __init__(self):
        self.passed = set()
        self.others = {}

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.split("/")[-1]
        if report.outcome == "passed":
            if report.when == "call":
                self.passed.add(name)
        else:
            self.others[name] = report.outcome if report.outcome == "skipped" or report.when == "call" else "error"

    def pytest_sessionfinish(self, session):
        wanted = expected()
        for name in sorted(set(self.others) | set(wanted)):
            was, should = self.others.get(name, "passed"), wanted.get(name, "passed")
            if was != should:
                self.faults.append(f"{name}: {was}, where expected.txt has {should}")
        if not self.passed:
            self.faults.append("no test passed")
        session.exitstatus = 1 if self.faults else 0

    def pytest_terminal_summary(self, terminalreporter):
        terminalreporter.write_line(f"{len(self.passed)} passed, {len(self.others)} did not")
        for fault in self.faults:
            terminalreporter.write_line(fault, red=True)

    faults = []


def pytest_configure(config):
    config.pluginmanager.register(Outcomes(), "nuri-outcomes")
