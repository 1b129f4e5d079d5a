"""The installed service in a Debian guest: its size, its start, and what it costs at rest beside its neighbours."""

import glob
import json
import os
import subprocess
import sys

from measure import BenchError
from report import mega, milli

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.realpath(f"{HERE}/../..")
NAMES = {"smartmontools.service": "smartd, no disk", "chrony.service": "chronyd, no source",
         "prometheus-node-exporter.service": "node_exporter, not scraped"}


def newest_package():
    build = os.path.abspath(os.environ.get("BUILD_PATH") or f"{ROOT}/.build")
    return max(glob.glob(f"{build}/deb/credwatch_*.deb"), key=os.path.getmtime, default=None)


def run_guest(bench):
    """Boots the guest and returns what it measured; a BenchError says why there is nothing."""
    package = newest_package()
    if not package:
        raise BenchError("there is no package (make deb)")
    # The harness may build a file system first.
    done = subprocess.run(
        [sys.executable, f"{ROOT}/Tests/System/run", "--deb", package],
        env={**os.environ, "CREDWATCH_SYSTEM_TEST_PROOFS": f"{HERE}/guest",
             "CREDWATCH_BENCH_SECONDS": "60" if bench.quick else "300"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1800)
    reason = ""
    for line in done.stdout.splitlines():
        if line.startswith("#   figures "):
            return json.loads(line.removeprefix("#   figures "))
        if "# SKIP" in line:
            raise BenchError(line.partition("# SKIP ")[2])
        if line.startswith("#   "):
            reason = reason or line[4:]
    last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    raise BenchError((reason or last)[:300])


def measure_service(bench):
    """The rows of the installed service."""
    figures = run_guest(bench)
    bench.report.figures["service"] = figures
    units = {unit["unit"]: unit for unit in figures["units"]}
    own = units["credwatch.service"]
    others = [(name, units.get(unit), unit) for unit, name in NAMES.items()]

    def beside(show):
        return "; ".join(
            f"{name}: {show(unit)}" if unit else f"{name.split(',')[0]}: does not run in the guest"
            for name, unit, _ in others)

    add = bench.report.add
    add("installed size of the .deb", mega(figures["installed"]), f"packed: {mega(figures['package'])}")
    add("the program in it", mega(figures["binary"]), target="under 16 MB", met=figures["binary"] < 16e6)
    started = figures["starts"]["credwatch.service"]
    add("`systemctl start` to READY, in a guest", milli(started), "; ".join(
        f"{name.split(',')[0]}: {milli(figures['starts'][unit])}"
        for name, _, unit in others if unit in figures["starts"]))
    add("RSS of the service at rest, 10 profiles every 5 min", mega(own["Rss"]), beside(lambda unit: mega(unit["Rss"])),
        target="at most 24 MB, anonymous at most 6 MB", met=own["Rss"] <= 24e6 and own["Anonymous"] <= 6e6)
    add("PSS", mega(own["Pss"]), beside(lambda unit: mega(unit["Pss"])))
    add("wake-ups per second", f"{own['wakes_per_second']:.2f}",
        beside(lambda unit: f"{unit['wakes_per_second']:.2f}"))
    add("CPU per minute", milli(own["cpu_per_minute"]), beside(lambda unit: milli(unit["cpu_per_minute"])))
