"""What the daemon keeps when it hangs or is killed."""

import json
import os
import random
import threading
import time

from harness import Failure, demand, proof, wait

UNIT = "credwatch.service"
TIME_LIMIT = 400
KILLS = 100
ATTEMPTS = 5  # of one incident, then it has failed
STATE = "var/lib/credwatch"

# Comes back at once, as often as it is killed.
QUICK = """\
[Unit]
StartLimitIntervalSec=0
[Service]
RestartSec=250ms
"""

# Long enough to be hit while it runs.
SLOW_HOOK = """\
#!/bin/sh
printf '%s\\n' "$CREDWATCH_EVENT $CREDWATCH_GROUP $CREDWATCH_FROM $CREDWATCH_TO $CREDWATCH_CAUSE $CREDWATCH_INCIDENT $CREDWATCH_ATTEMPT" >>/srv/app/hooks
exec sleep 0.2
"""


@proof("a stopped process (SIGSTOP) is restarted by the watchdog, with its failover as it was")
def watchdog(site):
    site.drop_in("watchdog", "[Service]\nWatchdogSec=2s\nTimeoutAbortSec=2s\nRestartSec=100ms\n")
    site.start()
    site.sandbox.deactivate("app")
    site.wait_group("failed_over")
    incident = site.guest.group()["incident"]
    pid = site.guest.main_pid()
    time.sleep(3)
    demand(site.guest.main_pid() == pid, "it is restarted without being stopped")
    site.guest.systemctl("kill", "--kill-who=main", "-s", "STOP", UNIT)
    wait("another process runs", lambda: site.guest.main_pid() not in (0, pid), 15)
    demand(int(site.guest.show(UNIT, "NRestarts")) == 1, "systemd counts no restart")
    entries = [str(entry["MESSAGE"]) for entry in site.guest.journal("UNIT=" + UNIT)]
    demand(any("atchdog timeout" in entry for entry in entries), f"no watchdog in {entries[-5:]}")
    wait("the new process has checked", lambda: site.guest.status()["daemon"]["pid"] != pid
         and site.guest.profile("app")["state"] == "failing")
    demand(site.guest.group()["incident"] == incident, f"the incident is {site.guest.group()['incident']}")
    demand(len(site.hooks()) == 1, f"hooks: {site.hooks()}")
    site.sandbox.activate("app")


@proof("a storm of SIGHUP and SIGUSR1 starves neither the watchdog nor the checks")
def storm(site):
    site.start()
    pid, restarts = site.guest.main_pid(), site.guest.show(UNIT, "NRestarts")
    calls = site.sandbox.calls
    # Three times as long as the watchdog waits.
    site.guest.run(f"end=$(($(date +%s) + 6)); while [ $(date +%s) -lt $end ]; do kill -HUP {pid}; kill -USR1 {pid}; done")
    demand(site.guest.main_pid() == pid and site.guest.show(UNIT, "NRestarts") == restarts, "it was restarted")
    demand(site.sandbox.calls > calls + 4, "there were no checks meanwhile")
    wait("both credentials are healthy", site.all_checked)
    site.drop_in("watchdog", None)


class World(threading.Thread):
    """Keys that die and come back, and an operator who orders the way back, over and over."""

    def __init__(self, site):
        super().__init__(daemon=True)
        self.site, self.ending = site, threading.Event()
        self.failovers, self.failbacks, self.trouble = 0, 0, None

    def run(self):
        try:
            while not self.ending.is_set():
                self.round()
        except Exception as error:
            self.trouble = f"{type(error).__name__}: {error}; the group: {self.site.guest.group()}"

    def round(self):
        site = self.site
        # A key that dies takes its time: two answers a second apart, which lives of the daemon may share.
        dies = self.failovers % 4 == 0
        if dies:
            site.sandbox.deactivate("app")
        self.failovers += 1
        wait("the group has moved", lambda: self.is_at("failed_over", None if dies else "failover"), 180, pause=0.2)
        if dies:
            site.sandbox.activate("app")
            wait("app is healthy", lambda: site.guest.profile("app")["state"] == "healthy", 60)
        self.failbacks += 1
        wait("the group is back", self.is_back, 60, pause=0.2)

    def is_back(self):
        return self.is_at("ready", "failback")

    def is_at(self, state, order):
        """Whether the group is in a state; if not, it is ordered there."""
        seen = self.site.guest.group()["state"]
        if seen == state:
            return True
        if seen == "failover_failed":
            # Killed at five attempts in a row; from here on a person decides.
            order = "failover"
        if order:
            self.site.guest.run(["credwatch", order, "app"], check=False)
        return False


@proof(f"killed {KILLS} times (SIGKILL) at random moments: the state is whole, one hook run for each incident")
def killed(site):
    guest = site.guest
    site.drop_in("quick", QUICK)
    guest.write("/usr/local/lib/credwatch/switch", SLOW_HOOK, mode=0o755)
    site.configure(("interval: 2s, fast_interval: 1s", "interval: 1s, fast_interval: 1s"),
                   ("minimum_span: 1s", "minimum_span: 0s"))
    guest.run("rm -f /srv/app/hooks")
    site.start()
    wait("the group is ready", World(site).is_back, 30, pause=0.3)
    guest.run("rm -f /srv/app/hooks")
    seed = int(os.environ.get("CREDWATCH_SYSTEM_TEST_SEED") or random.randrange(1 << 32))
    site.note(f"seed {seed}")
    dice = random.Random(seed)
    world = World(site)
    began = time.monotonic()
    world.start()
    # For each kill: how often a hook had begun before and after it, and what the state file then said of the hook.
    cuts = []
    for count in range(KILLS):
        seen = lines_in(site)
        if count % 2:
            # While a hook runs, or just after it: the worst moment.
            until(lambda: lines_in(site) > seen, 20)
            time.sleep(dice.uniform(0, 0.3))
        else:
            time.sleep(dice.uniform(0, 1.2))
        before = lines_in(site)
        until(lambda: guest.systemctl("kill", "--kill-who=main", "-s", "KILL", UNIT, check=False).code == 0, 10)
        hook = whole_state(site, count)
        cuts.append((before, lines_in(site), hook))
        demand(not world.trouble, lambda: f"after {count} kills: {world.trouble}")
    world.ending.set()
    world.join(120)
    site.note(f"{KILLS} kills and the end after them took {time.monotonic() - began:.0f} s")
    demand(not world.is_alive() and not world.trouble, f"the world has not come to its end: {world.trouble}")
    wait("both credentials are healthy", lambda: guest.status()["overall"] == "healthy")
    time.sleep(3)
    judge(site, cuts, world)


def judge(site, cuts, world):
    """Holds the hook's own record against what was on the disk at each kill."""
    moves = {}
    for index, line in enumerate(site.hooks()):
        if line["event"] in ("failover", "failback"):
            moves.setdefault((line["event"], line["incident"]), []).append((index, int(line["attempt"])))
    for (event, incident), runs in moves.items():
        attempts = [attempt for _, attempt in runs]
        demand(attempts == sorted(set(attempts)), f"{event} {incident} ran with the attempts {attempts}")
        for (first, _), (second, _) in zip(runs, runs[1:]):
            # A second run is right only after a kill that found the intent on the disk, and no outcome.
            between = [hook for before, after, hook in cuts if before <= second and after > first]
            demand(any(hook and hook["incident"] == incident and not hook["done"] for hook in between),
                   f"{event} {incident} ran with the attempts {attempts}, and no kill cut it short: {between}")
    # Whoever moves there twice in a row has moved once too often.
    order = list(moves)
    for (event, incident), (following, other) in zip(order, order[1:]):
        if event == following and moves[event, incident][-1][1] == ATTEMPTS:
            # All of its attempts were cut: it was given up, and ordered anew.
            del moves[event, incident]
            continue
        demand(event != following, lambda: f"{event} {incident} {moves[event, incident]} and at once {other} "
               f"{moves[following, other]}: {told(site, incident, other)}")
    counted = {event: len([key for key in moves if key[0] == event]) for event in ("failover", "failback")}
    demand(counted["failover"] == world.failovers, f"{world.failovers} failovers, hooks for {counted['failover']}")
    demand(counted["failback"] == world.failbacks, f"{world.failbacks} ways back, hooks for {counted['failback']}")
    again = sum(len(runs) - 1 for runs in moves.values())
    site.note(f"{world.failovers} failovers and {world.failbacks} ways back; {again} hooks were cut and ran again")
    # Without any, the kills were not where they should hurt.
    demand(world.failovers >= 8 and again > 0, "too little happened")
    demand(int(site.guest.show(UNIT, "NRestarts")) >= KILLS, "systemd counts fewer restarts than kills")


def told(site, *incidents):
    """What the journal says from the first of the incidents to the end of the last."""
    entries = site.guest.journal("-u", UNIT)
    found = [index for index, entry in enumerate(entries) if entry.get("CREDWATCH_INCIDENT") in incidents]
    lines = [f"{entry['__REALTIME_TIMESTAMP'][4:]} {str(entry['MESSAGE'])[:160]} {entry.get('CREDWATCH_INCIDENT', '')[:8]}"
             for entry in entries[max(0, found[0] - 8):found[-1] + 3]] if found else []
    return "\n" + "\n".join(lines)


def lines_in(site):
    """How many times the hook has begun; read on the host, which is quicker."""
    try:
        with open(os.path.join(site.guest.root, "srv/app/hooks")) as file:
            return file.read().count("\n")
    except FileNotFoundError:
        return 0


def until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


def whole_state(site, count):
    """The group's hook in the state file, which must be whole at every moment."""
    folder = os.path.join(site.guest.root, STATE)
    aside = [name for name in os.listdir(folder) if "corrupt" in name]
    demand(not aside, f"after {count} kills the daemon found its state damaged: {aside}")
    try:
        with open(os.path.join(folder, "state.json")) as file:
            state = json.load(file)
        json.loads(site.guest.read("/run/credwatch/status.json"))
    except ValueError as error:
        raise Failure(f"after {count} kills: a file is not whole: {error}") from None
    group = state["groups"][0]
    if not group.get("incident") or not group.get("hook"):
        return None
    return {"incident": group["incident"]["id"], "attempt": group["hook"]["attempt"],
            "done": "result" in group["hook"]}
