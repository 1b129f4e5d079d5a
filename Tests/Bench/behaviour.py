"""How the daemon behaves over time: start, memory, a large load, idleness, the way to a hook."""

import json
import os
import select
import signal
import time

from compare import compile_c
from cost import check_everything
from daemon import Daemon, environment, key_id, write_setup
from measure import BenchError, cpu_seconds, median, memory, percentile, settle_cpu, wakeups
from report import mega, milli
from stand_in import StandIn

LARGE = 10_000


def measure_ready(bench):
    """From before the start of the process to READY=1, with 10 profiles and no state yet."""
    spans = []
    for number in range(11):
        config = write_setup(f"{bench.folder}/ready-{number}", bench.server.url)
        with Daemon(bench.binary, config, environment(bench.server.bundle)) as daemon:
            spans.append(daemon.ready_after)
    spans = spans[1:]  # the first fills the page cache
    bench.report.figures["ready"] = spans
    bench.report.add("start to READY, 10 profiles", milli(median(spans)),
                     target="under 100 ms", met=median(spans) < 0.1)


def measure_memory(bench):
    """10 profiles after an hour's worth of checks: 12 of each, at 5 minutes."""
    config = write_setup(f"{bench.folder}/memory", bench.server.url)
    with Daemon(bench.binary, config, environment(bench.server.bundle)) as daemon:
        for _ in range(12):
            check_everything(daemon, bench.server, 10)
        settle_cpu(daemon.pid, quiet=2, limit=30)
        found = memory(daemon.pid)
    bench.report.figures["memory_10"] = found
    bench.report.add(
        "idle, 10 profiles, after an hour's worth of checks",
        f"RSS {mega(found['rss'])}, anonymous {mega(found['anonymous'])}, "
        f"PSS {mega(found['pss'])}", target="RSS at most 24 MB, anonymous at most 6 MB",
        met=found["rss"] <= 24e6 and found["anonymous"] <= 6e6)


def measure_load(bench):
    """10,000 profiles, each every minute: CPU, lateness, and the memory of each profile.

    The first minute, with its connections, is the start; an hour has sixty, so it does not count.
    """
    seconds = 3600 if bench.hour else 60 if bench.quick else 120
    config = write_setup(f"{bench.folder}/load", bench.server.url, LARGE, interval="60s")
    lateness = f"{bench.folder}/lateness.json"
    env = environment(bench.server.bundle, CREDWATCH_BENCH_LATENESS=lateness)
    with Daemon(bench.binary, config, env) as daemon:
        bench.say(f"{LARGE:,} profiles every 60 s, for {seconds} s after the first minute")
        time.sleep(62)
        requests, cpu = bench.server.requests(), cpu_seconds(daemon.pid)
        started = time.monotonic()
        while time.monotonic() < started + seconds:
            time.sleep(1)
            if daemon.process.poll() is not None:
                raise BenchError(f"credwatch ended under load: {daemon.last_line()}")
        wall = time.monotonic() - started
        share = (cpu_seconds(daemon.pid) - cpu) / wall
        checks = bench.server.requests() - requests
        found = memory(daemon.pid)
        at_start = daemon.ready_after
    bench.report.figures["load"] = {
        "seconds": wall, "cpu_share": share, "checks": checks, "memory": found,
        "ready_after": at_start}
    # A daemon that leaves checks out would look cheap and small: then no target of these is met.
    enough = 0.9 * LARGE * wall / 60
    bench.report.add(
        f"{LARGE:,} profiles every 60 s, over {wall:.0f} s after the first minute",
        f"{share * 100:.2f} % of a core, {checks / wall:.0f} checks/s",
        target="under 3 %, 167 checks/s", met=share < 0.03 and checks >= enough)
    report_profile_memory(bench, found, checks >= enough)
    report_lateness(bench, lateness, enough)


def report_profile_memory(bench, found, worked):
    bench.report.add(f"RSS with {LARGE:,} profiles", mega(found["rss"]), target="under 70 MB",
                     met=worked and found["rss"] < 70e6)
    small = bench.report.figures.get("memory_10")
    if small:
        each = (found["rss"] - small["rss"]) / (LARGE - 10)
        bench.report.add("each further profile", f"{each / 1024:.1f} KB", target="at most 4 KB",
                         met=worked and each <= 4096)


def report_lateness(bench, path, enough):
    if not os.path.exists(path):
        bench.report.miss("lateness of a check's start", "the daemon wrote no lateness file")
        return
    try:
        with open(path) as file:
            late = json.load(file)
    except ValueError:
        bench.report.miss("lateness of a check's start", "the lateness file is no JSON")
        return
    bench.report.figures["lateness"] = late
    bench.report.add(
        "lateness of a check's start",
        f"p50 {late['p50_ms']:.1f} ms, p99 {late['p99_ms']:.1f} ms, max {late['max_ms']:.1f} ms "
        f"of {late['starts']:,}", target="p99 at most 100 ms",
        met=late["starts"] >= enough and late["p99_ms"] <= 100)


def measure_idle(bench):
    """Voluntary context switches of all threads, while only the watchdog wants something.

    A message to systemd may cost 4 switches (the timer's thread, a worker, the way back of both),
    a check 12; what is beyond that nobody needs.
    """
    seconds = 20 if bench.quick else 60
    config = write_setup(f"{bench.folder}/idle", bench.server.url, interval="5m")
    env = environment(bench.server.bundle, WATCHDOG_USEC="20000000")
    with Daemon(bench.binary, config, env) as daemon:
        check_everything(daemon, bench.server, 10)
        settle_cpu(daemon.pid, quiet=2, limit=30)
        messages, checks = len(daemon.messages), bench.server.requests()
        bench.say(f"idle for {seconds} s")
        counts = wakeups(daemon.pid, seconds)
        messages = len(daemon.messages) - messages
        checks = bench.server.requests() - checks
    total = sum(counts.values())
    allowed = 4 * messages + 12 * checks + 2
    bench.report.figures["idle"] = {"seconds": seconds, "threads": counts, "messages": messages,
                                    "checks": checks, "allowed": allowed}
    bench.report.add(
        f"wake-ups in {seconds} s of idleness",
        f"{total} ({messages} messages to systemd, {checks} checks)",
        target=f"none without a reason, here at most {allowed}",
        # Without a ping nothing proves that the watchdog was on.
        met=total <= allowed and messages > 0)


def measure_hook(bench):
    """From the send of the answer that completes the confirmation to main() of the hook."""
    count = 15 if bench.quick else 50
    hook = compile_c("hookclock.c", f"{bench.folder}/hookclock", "-static")
    path = f"{bench.folder}/hook.pipe"
    os.mkfifo(path, 0o600)
    # Open for both, so that neither this side nor the hook ever waits for the other.
    pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    spans = bench.report.figures["hook"] = []
    try:
        with StandIn() as sts:
            for number in range(count):
                if number % 10 == 0:
                    bench.say(f"failover {number + 1} of {count}")
                config = write_setup(f"{bench.folder}/hook-{number}", sts.url, profiles=2,
                                     interval="2s", hook=[hook, path])
                with Daemon(bench.binary, config, environment(bench.server.bundle)) as daemon:
                    spans.append(one_failover(daemon, sts, pipe))
                sts.reset()
    finally:
        os.close(pipe)
    middle, late = percentile(spans, 0.5), percentile(spans, 0.99)
    bench.report.add(f"last answer to the hook's main(), {count} failovers",
                     f"p50 {milli(middle)}, p99 {milli(late)}", target="p99 under 10 ms",
                     met=late < 0.01)


def one_failover(daemon, sts, pipe):
    """Lets the primary fail after both were good; the seconds from answer to hook."""
    primary, backup = key_id(0), key_id(1)
    if not sts.wait_for_good([primary, backup], 15):
        raise BenchError(f"the pair was not checked within 15 s: {daemon.last_line()}")
    # The answers were sent; now they are to be taken in.
    settle_cpu(daemon.pid, quiet=0.1, limit=5)
    sts.refused = {primary}
    daemon.signal(signal.SIGUSR1)
    deadline = time.monotonic() + 20
    received = b""
    while (rest := deadline - time.monotonic()) > 0:
        if not select.select([pipe], [], [], rest)[0]:
            break
        received += os.read(pipe, 4096)
        for line in received.splitlines(keepends=True):
            event, _, moment = line.decode().partition(" ")
            if line.endswith(b"\n") and event == "failover":
                answer = sts.last_answer_before(int(moment))
                return (int(moment) - answer) / 1e9
    raise BenchError(f"no failover within 20 s: {daemon.last_line()}")
