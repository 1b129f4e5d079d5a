"""What stands in the journal, and that a journal which is away holds nothing up."""

import re

from harness import demand, proof, wait

UNIT = "credwatch.service"
SOCKETS = ["systemd-journald.socket", "systemd-journald-dev-log.socket", "systemd-journald-audit.socket"]
JOURNALD = "systemd-journald.service"


@proof("an entry carries its fields: event, profile, cause, key, what AWS answered, the incident and the hook")
def fields(site):
    site.start()
    site.sandbox.deactivate("app")
    site.wait_group("failed_over")
    incident = site.guest.group()["incident"]["id"]
    failing = wait("the entry is there", lambda: site.guest.journal("CREDWATCH_EVENT=profile_failing"))[0]
    for name, value in (
        ("_SYSTEMD_UNIT", UNIT), ("SYSLOG_IDENTIFIER", "credwatch"), ("CREDWATCH_PROFILE", "app"),
        ("CREDWATCH_STATE", "failing"), ("CREDWATCH_PREVIOUS_STATE", "healthy"), ("CREDWATCH_VERDICT", "bad"),
        ("AWS_ERROR_CODE", "InvalidClientTokenId"), ("AWS_HTTP_STATUS", "403"),
        ("CREDWATCH_ACCESS_KEY_ID", site.sandbox.keys["app"]),
    ):
        demand(failing.get(name) == value, f"{name} is {failing.get(name)}, not {value}")
    for name in ("MESSAGE_ID", "PRIORITY", "CREDWATCH_CAUSE", "CREDWATCH_CONFIDENCE", "CREDWATCH_SOURCE",
                 "AWS_REQUEST_ID", "CREDWATCH_EVIDENCE", "CREDWATCH_COMMANDS"):
        demand(failing.get(name), f"there is no {name}")
    demand(re.fullmatch("[0-9a-f]{32}", failing["MESSAGE_ID"]), "MESSAGE_ID is none")
    moved = site.guest.journal("CREDWATCH_EVENT=failed_over")
    demand(len(moved) == 1 and moved[0]["CREDWATCH_INCIDENT"] == incident, f"no entry for the incident: {moved}")
    hook = site.guest.journal("CREDWATCH_EVENT=hook_finished", f"CREDWATCH_INCIDENT={incident}")
    demand(hook and hook[0]["CREDWATCH_HOOK_RESULT"] == "succeeded", f"how the hook ended: {hook}")
    demand([line["incident"] for line in site.hooks()] == [incident], f"the hook was told of {site.hooks()}")
    demand(site.guest.journal("-u", UNIT, f"MESSAGE_ID={failing['MESSAGE_ID']}"), "not found by its MESSAGE_ID")
    site.sandbox.activate("app")
    site.wait_state("app", "healthy")
    wait("the recovery is told", lambda: site.guest.journal("CREDWATCH_EVENT=primary_recovered"))


@proof("journald restarted: the next change is in it")
def restarted(site):
    site.guest.systemctl("restart", JOURNALD)
    before = len(site.guest.journal("CREDWATCH_EVENT=profile_failing", "CREDWATCH_PROFILE=app-backup"))
    site.sandbox.deactivate("app-backup")
    wait("the failure is in the journal", lambda: len(site.guest.journal(
        "CREDWATCH_EVENT=profile_failing", "CREDWATCH_PROFILE=app-backup")) > before)
    site.sandbox.activate("app-backup")
    site.wait_state("app-backup", "healthy")


def goes_on(site):
    """Checks, status and hooks go on: a failover, and back."""
    # A backup that failed for an entry in the journal may have been left already.
    if site.guest.group()["active"] != "app":
        site.guest.run(["credwatch", "failback", "app"], check=False)
    site.wait_group("ready")
    hooks = len(site.hooks())
    site.sandbox.deactivate("app")
    site.wait_state("app", "failing", 8)
    site.wait_group("failed_over", 10)
    wait("the hook ran", lambda: len(site.hooks()) > hooks, 5)
    calls = site.sandbox.calls
    wait("the checks go on", lambda: site.sandbox.calls >= calls + 4, 8)
    site.sandbox.activate("app")
    site.wait_state("app", "healthy", 8)


@proof("journald and its sockets stopped: checks, status and hooks go on, and what was written arrives afterwards")
def stopped(site):
    restarts = site.guest.show(UNIT, "NRestarts")
    failures = len(site.guest.journal("CREDWATCH_EVENT=profile_failing", "CREDWATCH_PROFILE=app-backup"))
    site.guest.systemctl("stop", *SOCKETS, JOURNALD)
    # Without it, there is nothing that listens.
    demand(site.guest.show(JOURNALD, "ActiveState") == "inactive", "journald still runs")
    try:
        goes_on(site)
    finally:
        site.guest.systemctl("start", *SOCKETS, JOURNALD)
    site.sandbox.deactivate("app-backup")
    wait("the next change is in the journal",
         lambda: len(site.guest.journal("CREDWATCH_EVENT=profile_failing", "CREDWATCH_PROFILE=app-backup")) > failures)
    moved = site.guest.journal("-u", UNIT, "CREDWATCH_EVENT=failed_over")[-1]
    demand(moved.get("CREDWATCH_WRITTEN_AT"), f"the failover of meanwhile is not told: {moved}")
    demand(site.guest.status()["journal"]["dropped"] == 0, "something was dropped")
    demand(site.guest.show(UNIT, "NRestarts") == restarts, "the service was restarted")
    site.sandbox.activate("app-backup")
    site.wait_state("app-backup", "healthy")


@proof("journald that hangs with a full socket: checks, status and hooks go on, and every entry arrives after it")
def hanging(site):
    before = len(site.guest.journal("-u", UNIT, "CREDWATCH_EVENT=config_reloaded"))
    pid = site.guest.main_pid(JOURNALD)
    # Nought would be whoever runs `kill`.
    demand(pid > 0, "journald does not run")
    restarts = site.guest.show(UNIT, "NRestarts")
    site.guest.run(["kill", "-STOP", str(pid)])
    try:
        # Far more than its socket holds. Straight to the daemon: systemd would log each of them as well.
        site.guest.run("for n in $(seq 400); do credwatch reload >/dev/null || exit 1; done", timeout=180)
        goes_on(site)
    finally:
        site.guest.run(["kill", "-CONT", str(pid)])
    wait("all of the 400 are in the journal",
         lambda: len(site.guest.journal("-u", UNIT, "CREDWATCH_EVENT=config_reloaded")) == before + 400)
    demand(site.guest.show(UNIT, "NRestarts") == restarts, "the service was restarted")
