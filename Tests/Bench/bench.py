"""Measures credwatch against its floor and its neighbours; `run` installs what this needs."""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

from measure import BenchError, machine
from report import Report

SECTIONS = ("cost", "resolve", "ready", "memory", "load", "idle", "hook", "size", "service", "handout",
            "clients")


class Bench:
    """What all sections share: the binary, the server, the other candidates, the report."""

    def __init__(self, options, folder, report):
        self.quick, self.hour = options.quick, options.hour
        self.folder, self.report = folder, report
        self.binary = os.path.realpath(os.environ.get("CREDWATCH", ".build/release/credwatch"))
        self.server = self.candidates = None

    def say(self, text):
        print(f"bench: {text}", file=sys.stderr, flush=True)


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="Tests/Bench/run", description="Measures credwatch and prints one table. The binary "
        "is $CREDWATCH, by default .build/release/credwatch.",
        epilog="Exit codes: 0 all was measured, 1 something was not, 2 it could not begin.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, about 3 minutes")
    parser.add_argument("--hour", action="store_true", help="the load of 10,000 for a whole hour")
    parser.add_argument("--only", metavar="SECTION,…", help="some of: " + ", ".join(SECTIONS))
    parser.add_argument("--json", metavar="FILE", help="also writes all figures as JSON")
    parser.add_argument("--markdown", metavar="FILE", help="also writes the table to a file")
    options = parser.parse_args(arguments)
    options.sections = options.only.split(",") if options.only else list(SECTIONS)
    unknown = [name for name in options.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    return options


def first_line(*command):
    """The first line that a command prints, for its version; a sentence when it prints none."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=10, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return "of unknown version"
    return (done.stdout + done.stderr).split("\n", 1)[0] or "of unknown version"


def describe(binary):
    """What the figures belong to: machine and versions, no names and no paths."""
    import boto3
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    return {
        "machine": machine(),
        "credwatch": first_line(binary, "--version").removeprefix("credwatch "),
        "curl": " ".join(first_line("curl", "--version").split()[3:5]),
        "nginx": first_line(nginx, "-v").rpartition("/")[2],
        "Python": sys.version.split()[0], "boto3": boto3.__version__,
    }


def measure(bench, sections):
    import behaviour
    import clients
    import cost
    import resolve
    import service
    steps = {"cost": cost.measure_cost, "resolve": resolve.measure_resolve,
             "ready": behaviour.measure_ready,
             "memory": behaviour.measure_memory, "load": behaviour.measure_load,
             "idle": behaviour.measure_idle, "hook": behaviour.measure_hook,
             "size": cost.measure_size, "service": service.measure_service,
             "handout": clients.measure_handout, "clients": clients.measure_clients}
    for name in sections:
        bench.say(name)
        try:
            steps[name](bench)
        except BenchError as problem:
            bench.say(f"{name}: {problem}")
            bench.report.miss(name, str(problem))
        except Exception as problem:
            # A fault of this program in one section does not take the others' figures with it.
            traceback.print_exc()
            bench.report.miss(name, f"{type(problem).__name__}: {problem}")


def write_file(path, text):
    if path:
        with open(path, "w") as file:
            file.write(text)


def main(arguments):
    # A stop leaves by the same way as an end, so that no server and no folder stays behind.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    options = parse(arguments)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="credwatch-bench."))
        bench = Bench(options, folder, Report({}))
        if not os.access(bench.binary, os.X_OK):
            bench.say(f"no program at {bench.binary}: build it (swift build -c release) or name "
                      "another in CREDWATCH")
            return 2
        bench.report.about = describe(bench.binary)
        if os.getloadavg()[0] > 0.5:
            bench.say(f"the machine is busy (load {os.getloadavg()[0]:.1f}): trust ratios only")
        try:
            from compare import Candidates
            from tls_server import TLSServer
            os.mkdir(f"{folder}/server")
            bench.server = stack.enter_context(TLSServer(f"{folder}/server"))
            bench.candidates = Candidates(folder, bench.server)
        except BenchError as problem:
            bench.say(str(problem))
            return 2
        measure(bench, options.sections)
        print(bench.report.markdown())
        write_file(options.markdown, bench.report.markdown())
        write_file(options.json, bench.report.json())
        return 1 if bench.report.missing else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
