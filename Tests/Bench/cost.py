"""The cost of a check: in the daemon against floor, boto3, AWS CLI and curl, and as a process."""

import os
import shutil
import signal
import subprocess
import time
from collections import defaultdict

from compare import IN_FLIGHT
from daemon import Daemon, environment, write_setup
from measure import BenchError, cpu_seconds, median, run_process, settle_cpu
from report import mega, micro, milli, times

PROFILES = 1000


def check_everything(daemon, server, profiles):
    """Sends SIGUSR1 and waits until so many requests have arrived; returns the wall seconds."""
    before = server.requests()
    started = last_change = time.monotonic()
    seen = before
    daemon.signal(signal.SIGUSR1)
    while True:
        time.sleep(0.002)
        now = time.monotonic()
        count = server.requests()
        if count - before >= profiles:
            return now - started
        if count != seen:
            seen, last_change = count, now
        elif now - last_change > 15:
            raise BenchError(f"after SIGUSR1 {seen - before} of {profiles} checks came")


def daemon_cost(daemon, server, passes):
    """CPU seconds per check and checks per second over a number of whole passes.

    It ends when the daemon has come to rest and has published the last pass, so that nothing of a
    check's cost is left out.
    """
    settle_cpu(daemon.pid, quiet=0.5, limit=20)
    requests, cpu = server.requests(), cpu_seconds(daemon.pid)
    walls, last_pass = [], 0
    for _ in range(passes):
        last_pass = time.time()
        walls.append(check_everything(daemon, server, PROFILES))
    deadline = time.monotonic() + 15
    while os.stat(f"{daemon.folder}/status.json").st_mtime < last_pass:
        if time.monotonic() > deadline:
            raise BenchError("the status file was not written again after a pass")
        time.sleep(0.05)
    settle_cpu(daemon.pid, quiet=1.2, limit=20)
    cpu, requests = cpu_seconds(daemon.pid) - cpu, server.requests() - requests
    return cpu / requests, PROFILES / median(walls)


def process_cost(bench, config, count, got):
    """Runs curl and `credwatch check` in turn: with the system's CAs, a bundle of them, and one CA."""
    system = None if bench.server.by_system else bench.server.bundle
    for bundle, suffix in ((system, ""), (bench.server.bundle, "_bundle"),
                           (bench.server.ca, "_one_ca")):
        env = environment(bundle)
        for _ in range(count):
            wall, cpu = bench.candidates.curl_sigv4(bundle)
            got[f"curl_wall{suffix}"].append(wall)
            got[f"curl_cpu{suffix}"].append(cpu)
            wall, cpu = run_process([bench.binary, "check", "--config", config], env)
            got[f"check_wall{suffix}"].append(wall)
            got[f"check_cpu{suffix}"].append(cpu)


def measure_cost(bench):
    """Interleaved rounds of all candidates; medians over the rounds."""
    rounds = 2 if bench.quick else 5
    processes = 5 if bench.quick else 20
    server, candidates = bench.server, bench.candidates
    got = defaultdict(list)
    config = write_setup(f"{bench.folder}/cost", server.url, profiles=PROFILES, interval="24h")
    one = write_setup(f"{bench.folder}/one", server.url, profiles=1)
    try:
        candidates.aws_cli()  # these two fill the page cache
        process_cost(bench, one, 1, defaultdict(list))
        with Daemon(bench.binary, config, environment(server.bundle)) as daemon:
            check_everything(daemon, server, PROFILES)
            for number in range(rounds):
                bench.say(f"cost of a check, round {number + 1} of {rounds}")
                floor = candidates.floor(20_000)
                got["floor_cpu"].append(floor["cpu_seconds"] / floor["requests"])
                got["floor_rate"].append(floor["requests"] / floor["wall_seconds"])
                cpu, rate = daemon_cost(daemon, server, passes=10)
                got["daemon_cpu"].append(cpu)
                got["daemon_rate"].append(rate)
                boto3 = candidates.boto3(500)
                got["boto3_cpu"].append(boto3["cpu_seconds"] / boto3["requests"])
                for _ in range(3):
                    got["aws_cpu"].append(candidates.aws_cli()[1])
                process_cost(bench, one, processes, got)
    finally:
        bench.report.figures["cost"] = got
    report_cost(bench.report, {name: median(values) for name, values in got.items()})


def report_cost(report, got):
    ours = got["daemon_cpu"]
    for name, key, limit, target in (
        ("C floor", "floor_cpu", 1.5, "at most 1.5 ×"),
        ("boto3, one process", "boto3_cpu", 1 / 15, "at most 1/15"),
        ("`aws sts get-caller-identity`", "aws_cpu", 1 / 5000, "at most 1/5,000"),
        ("`curl --aws-sigv4`", "curl_cpu", None, ""),
    ):
        ratio = ours / got[key]
        report.add(f"CPU of a check, {IN_FLIGHT} in flight", micro(ours),
                   f"{name}: {micro(got[key])}", times(ratio), target,
                   None if limit is None else ratio <= limit)
    report.add(f"checks per second, {IN_FLIGHT} in flight", f"{got['daemon_rate']:,.0f}",
               f"C floor: {got['floor_rate']:,.0f}",
               times(got["daemon_rate"] / got["floor_rate"]))
    ratio = got["check_wall"] / got["curl_wall"]
    report.add("`credwatch check` of one profile, start to end", milli(got["check_wall"]),
               f"`curl --aws-sigv4`: {milli(got['curl_wall'])}", times(ratio),
               "at most 1.2 ×", ratio <= 1.2)
    for what, key in (
        ("`credwatch check`, CPU", "cpu"),
        ("`credwatch check`, AWS_CA_BUNDLE with all CAs", "wall_bundle"),
        ("`credwatch check`, one CA to read", "wall_one_ca"),
        ("`credwatch check`, one CA to read, CPU", "cpu_one_ca"),
    ):
        ours, theirs = got[f"check_{key}"], got[f"curl_{key}"]
        report.add(what, milli(ours), f"`curl --aws-sigv4`: {milli(theirs)}", times(ours / theirs))


def measure_size(bench):
    """The stripped binary and the shared libraries that it loads."""
    copy = f"{bench.folder}/stripped"
    if subprocess.run([shutil.which("strip"), "-o", copy, bench.binary],
                      capture_output=True).returncode != 0:
        raise BenchError("strip does not know the binary's format")
    size = os.stat(copy).st_size
    listing = subprocess.run(["ldd", bench.binary], capture_output=True, text=True).stdout
    libraries = [line.split()[0] for line in listing.splitlines() if "=>" in line]
    bench.report.figures["size"] = {"stripped": size, "libraries": libraries}
    bench.report.add("stripped binary", mega(size), target="under 16 MB", met=size < 16e6)
    bench.report.add("shared libraries loaded", str(len(libraries)))
