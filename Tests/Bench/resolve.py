"""What it costs to find out whose keys a profile has: files of all sizes, and roles."""

import contextlib
import json
import os
import time
from collections import defaultdict

from cost import check_everything
from daemon import Daemon, environment, key_id, secret_key, write_setup
from measure import BenchError, cpu_seconds, median, settle_cpu
from report import micro, times

CHECKED = 10
SIZES = (10, 1_000, 10_000)
ROLE_CHECKS = 1_000


def measure_resolve(bench):
    """CPU per check by the number of profiles in the file, a changed byte, and an assumed role."""
    measure_sizes(bench)
    measure_role(bench)


def measure_sizes(bench):
    """The same ten profiles, checked by turns out of files that list more and more of them."""
    rounds, passes = (2, 40) if bench.quick else (5, 100)
    got = defaultdict(list)
    with contextlib.ExitStack() as stack:
        daemons = {}
        for size in SIZES:
            config = write_setup(f"{bench.folder}/resolve-{size}", bench.server.url, CHECKED,
                                 interval="24h", listed=size)
            daemons[size] = stack.enter_context(
                Daemon(bench.binary, config, environment(bench.server.bundle)))
        for daemon in daemons.values():
            check_everything(daemon, bench.server, CHECKED)
        for _ in range(rounds):
            for size, daemon in daemons.items():
                settle_cpu(daemon.pid, quiet=0.3, limit=20)
                cpu = cpu_seconds(daemon.pid)
                for _ in range(passes):
                    check_everything(daemon, bench.server, CHECKED)
                settle_cpu(daemon.pid, quiet=0.3, limit=20)
                got[size].append((cpu_seconds(daemon.pid) - cpu) / passes / CHECKED)
        seen = [sees_a_byte(daemon, bench.server) for daemon in daemons.values()]
    bench.report.figures["resolve"] = got
    few, most = median(got[SIZES[0]]), median(got[SIZES[-1]])
    for size in SIZES[1:]:
        ratio = median(got[size]) / few
        last = size == SIZES[-1]
        bench.report.add(
            f"CPU of a check, {size:,} profiles in the file", micro(median(got[size])),
            f"{SIZES[0]} profiles: {micro(few)}", times(ratio), "at most 1.2 ×" if last else "",
            most / few <= 1.2 if last else None)
    bench.report.add(
        "a byte changes, the size and the time stamp do not", f"{sum(seen)} of {len(seen)} seen",
        target="all, by the next check", met=all(seen))


def sees_a_byte(daemon, server):
    """Whether the next check sees a file in which one byte is another, in place, at the same time."""
    path = f"{daemon.folder}/credentials"
    before = os.stat(path)
    old = key_id(0)
    new = old[:-1] + ("B" if old.endswith("A") else "A")
    with open(path, "r+b") as file:
        text = file.read()
        file.seek(text.index(old.encode()) + len(old) - 1)
        file.write(new[-1:].encode())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = os.stat(path)
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise BenchError("the file system does not keep the time stamp that it is given")
    time.sleep(0.1)  # a look at the files counts as fresh for some milliseconds
    check_everything(daemon, server, CHECKED)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with open(f"{daemon.folder}/status.json") as file:
            status = json.load(file)
        if status["profiles"][0]["access_key_id"] == new:
            return True
        time.sleep(0.05)
    return False


def measure_role(bench):
    """One role, checked a thousand times, and how often it is assumed."""
    roles = ("[profile bench-00000]\nrole_arn = arn:aws:iam::123456789012:role/bench\n"
             "source_profile = base\n[profile base]\n"
             f"aws_access_key_id = {key_id(0)}\naws_secret_access_key = {secret_key(0)}\n")
    folder = f"{bench.folder}/resolve-role"
    config = write_setup(folder, f"{bench.server.url}/roles", 1, interval="24h", roles=roles)
    # The role, not keys of the same profile.
    with open(f"{folder}/credentials", "w"):
        pass
    with Daemon(bench.binary, config, environment(bench.server.bundle)) as daemon:
        deadline = time.monotonic() + 15
        while bench.server.role_requests()[1] == 0:
            if time.monotonic() > deadline:
                raise BenchError("the role was not checked within 15 s")
            time.sleep(0.02)
        while (done := bench.server.role_requests()[1]) < ROLE_CHECKS:
            check_everything(daemon, bench.server, 1)
            if bench.server.role_requests()[1] == done:
                raise BenchError("a check of the role did not come with its session")
        assumed, checks = bench.server.role_requests()
    bench.report.figures["role"] = {"assumed": assumed, "checks": checks}
    bench.report.add(f"AssumeRole calls for {checks:,} checks of a role", f"{assumed}",
                     target="1", met=assumed == 1)
