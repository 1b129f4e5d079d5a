"""Readings of processes from /proc and the kernel's clocks, and the statistics over them."""

import math
import os
import re
import statistics
import time


class BenchError(Exception):
    """Something that keeps one figure from being measured; the text is a sentence for the table."""


def median(values):
    return statistics.median(values)


def percentile(values, share):
    """The nearest-rank percentile: one of the values, never something between two."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def cpu_seconds(pid):
    """User and system time of a whole process, threads that have ended included, in nanoseconds'
    precision: the clock that clock_getcpuclockid(3) names."""
    return time.clock_gettime(~pid << 3 | 2)


def settle_cpu(pid, quiet, limit):
    """Waits until a process has used less than 0.5 ms of CPU within `quiet` seconds."""
    deadline = time.monotonic() + limit
    before = cpu_seconds(pid)
    while time.monotonic() < deadline:
        time.sleep(quiet)
        now = cpu_seconds(pid)
        if now - before < 0.0005:
            return
        before = now
    raise BenchError(f"the process did not come to rest within {limit} s")


def memory(pid):
    """RSS, PSS and anonymous memory of a process in bytes."""
    wanted = {"Rss": "rss", "Pss": "pss", "Anonymous": "anonymous"}
    found = {}
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in wanted:
                found[wanted[name]] = int(rest.split()[0]) * 1024
    return found


def switches(pid):
    """Context switches of each thread that lives now: {tid: (name, voluntary, involuntary)}."""
    found = {}
    for tid in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{tid}/status") as file:
                text = file.read()
        except OSError:
            continue  # the thread ended between the two calls
        counts = dict(re.findall(r"^(\w+_ctxt_switches):\s*(\d+)", text, re.MULTILINE))
        found[int(tid)] = (
            re.search(r"^Name:\s*(.*)", text).group(1),
            int(counts["voluntary_ctxt_switches"]),
            int(counts["nonvoluntary_ctxt_switches"]),
        )
    return found


def wakeups(pid, seconds):
    """Voluntary context switches of each thread over a time: {"tid name": count}.

    Threads are looked at twice a second, so one that comes and goes in between is counted up to
    its last sighting.
    """
    first = switches(pid)
    last = dict(first)
    deadline = time.monotonic() + seconds
    while (rest := deadline - time.monotonic()) > 0:
        time.sleep(min(0.5, rest))
        last.update(switches(pid))
    counts = {}
    for tid, (name, voluntary, _) in last.items():
        before = first[tid][1] if tid in first else 0
        if voluntary > before or tid not in first:
            # The first run of a new thread is a wake-up that no switch has counted yet.
            counts[f"{tid} {name}"] = voluntary - before + (tid not in first)
    return counts


def run_process(arguments, environment):
    """Runs a command to its end with its output thrown away: (wall seconds, CPU seconds)."""
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    try:
        actions = [(os.POSIX_SPAWN_DUP2, null, descriptor) for descriptor in (0, 1, 2)]
        started = time.monotonic()
        pid = os.posix_spawn(arguments[0], arguments, environment, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - started
    finally:
        os.close(null)
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        raise BenchError(f"{os.path.basename(arguments[0])} ended with {code}")
    return wall, usage.ru_utime + usage.ru_stime


def machine():
    """The machine in one line, without its name."""
    with open("/proc/cpuinfo") as file:
        model = re.search(r"^model name\s*:\s*(.*)", file.read(), re.MULTILINE)
    kernel = re.match(r"[\d.]+", os.uname().release).group(0).rstrip(".")
    cores = len(os.sched_getaffinity(0))
    gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    name = model.group(1) if model else os.uname().machine
    return f"{cores} cores ({name}), {gigabytes:.0f} GiB, Linux {kernel}"
