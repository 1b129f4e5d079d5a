"""Measures the installed service at rest beside services that Debian ships; `../service.py` reads the notes.

A theme of the harness of Tests/System, for which it is no proof: it fails only when nothing could be measured.
"""

import json
import os
import statistics
import time

from harness import proof, wait

PACKAGES = ["smartmontools", "chrony", "prometheus-node-exporter"]
TIME_LIMIT = 1200
UNIT = "credwatch.service"

CONFIG = """\
defaults: {{interval: 5m, region: us-east-1}}
profiles:
{profiles}
aws:
  credentials_file: /etc/credwatch/credentials/aws
  config_file: /etc/credwatch/credentials/config
  endpoint_url: "{url}"
"""

# smartd has no disk to look at in a guest, and chronyd no clock to set: both idle, as they do most of the time. Neither
# starts in a container by itself.
NEIGHBOURS = {
    "smartmontools.service": (
        "[Unit]\nConditionVirtualization=\n[Service]\nExecStart=\n"
        "ExecStart=/usr/sbin/smartd -n -q never -c /etc/smartd.conf\n"),
    "chrony.service": (
        "[Unit]\nConditionCapability=\n[Service]\nExecStart=\nExecStart=!/usr/sbin/chronyd -x -F 0\n"),
    "prometheus-node-exporter.service": "",
}

PROBE = r"""
import glob, json, sys, time
def processes(unit):
    with open(f"/sys/fs/cgroup/system.slice/{unit}/cgroup.procs") as file:
        return [int(line) for line in file]
def look(unit):
    wakes = cpu = 0
    for pid in processes(unit):
        for task in glob.glob(f"/proc/{pid}/task/*"):
            for line in open(task + "/status"):
                if line.startswith("voluntary"):
                    wakes += int(line.split()[1])
            cpu += int(open(task + "/schedstat").read().split()[0])
    return wakes, cpu
def memory(unit):
    sums = {"Rss": 0, "Pss": 0, "Anonymous": 0}
    for pid in processes(unit):
        for line in open(f"/proc/{pid}/smaps_rollup"):
            name = line.partition(":")[0]
            if name in sums:
                sums[name] += int(line.split()[1]) * 1024
    return sums
seconds, units = float(sys.argv[1]), sys.argv[2:]
before = {unit: look(unit) for unit in units}
time.sleep(seconds)
for unit in units:
    wakes, cpu = look(unit)
    print(json.dumps({"unit": unit, "wakes_per_second": (wakes - before[unit][0]) / seconds,
        "cpu_per_minute": (cpu - before[unit][1]) / 1e9 / seconds * 60, **memory(unit)}))
"""

START = 'a=$(date +%s%N); systemctl start "$1"; b=$(date +%s%N); echo $((b - a))'


@proof("the service is measured")
def measure(site):
    seconds = float(os.environ.get("CREDWATCH_BENCH_SECONDS", "300"))
    guest = site.guest
    names = [f"  - {{name: app-{number}, profile: app}}" for number in range(10)]
    guest.write("/etc/credwatch/credwatch.yaml", CONFIG.format(profiles="\n".join(names), url=site.sandbox.url))
    size = guest.run(["dpkg-query", "-W", "-f", "${Installed-Size}", "credwatch"]).stdout
    figures = {
        "installed": int(size) * 1024, "package": os.stat(site.deb).st_size,
        "binary": int(guest.run(["stat", "-c", "%s", "/usr/bin/credwatch"]).stdout), "seconds": seconds,
        "missing": {}, "units": [],
    }

    units = [UNIT]
    for unit, drop_in in NEIGHBOURS.items():
        if drop_in:
            site.drop_in("bench", drop_in, unit)
        outcome = guest.systemctl("restart", unit, check=False)
        time.sleep(1)
        if outcome.code == 0 and guest.show(unit, "ActiveState") == "active":
            units.append(unit)
        else:
            log = guest.journal("-u", unit)
            figures["missing"][unit] = (" | ".join(str(entry["MESSAGE"]) for entry in log[-4:]) or outcome.text)[:400]
    starts = {unit: [] for unit in units}
    for _ in range(5):
        for unit in units:
            guest.systemctl("stop", unit)
            guest.systemctl("reset-failed", unit, check=False)
            starts[unit].append(int(guest.run(["sh", "-c", START, "sh", unit]).stdout) / 1e9)
    figures["starts"] = {unit: statistics.median(times) for unit, times in starts.items()}

    wait("all profiles are healthy", lambda: guest.status()["overall"] == "healthy", 30)
    # What a start leaves behind comes to rest.
    time.sleep(min(30, seconds))
    text = guest.run(["python3", "-c", PROBE, str(seconds), *units], timeout=seconds + 60).stdout
    figures["units"] = [json.loads(line) for line in text.splitlines()]
    site.note("figures " + json.dumps(figures))
