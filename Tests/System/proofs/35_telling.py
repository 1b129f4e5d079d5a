"""What an operator is told: the journal's catalog, the reason of a refused reload, and a dead-man service."""

import http.server
import threading
import time

from harness import demand, proof, wait

UNIT = "credwatch.service"
SOCKETS = ["systemd-journald.socket", "systemd-journald-dev-log.socket", "systemd-journald-audit.socket"]
JOURNALD = "systemd-journald.service"
TOKEN = "5a1c0de0-t0ken"


class DeadMan:
    """A dead-man service on the guest's loopback: notes when it was asked for what, and answers as it is told."""

    def __init__(self):
        self.beats, self.status = [], 200
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.beats.append((time.monotonic(), self.path))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/{TOKEN}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def silent_for(self, seconds):
        """How many came within a time."""
        before = len(self.beats)
        time.sleep(seconds)
        return len(self.beats) - before


@proof("journalctl -x explains an entry and its remedy, by the package's own doing")
def catalog(site):
    site.start()
    site.sandbox.deactivate("app")
    site.wait_state("app", "failing")
    shown = wait("the failure is in the journal", lambda: site.guest.run(
        ["journalctl", "-x", "--no-pager", "CREDWATCH_EVENT=profile_failing"]).stdout)
    for words in ("Subject: Credential of app fails: key_", "Defined-By: credwatch", "Documentation: man:credwatch(1)",
                  "credwatch doctor app"):
        demand(words in shown, f"there is no '{words}' in: {shown}")
    site.sandbox.activate("app")
    site.wait_state("app", "healthy")
    kinds = {entry["MESSAGE_ID"] for entry in site.guest.journal("-u", UNIT, "SYSLOG_IDENTIFIER=credwatch")}
    known = site.guest.run(["journalctl", "--no-pager", "--list-catalog"]).stdout
    demand(len(kinds) > 3, f"only {kinds}")
    demand(all(kind in known for kind in kinds), f"the catalog lacks one of {kinds}")


@proof("a refused reload: the reason stands in systemctl status, and once in the journal")
def refused_reload(site):
    site.guest.write("/etc/credwatch/credwatch.yaml", site.config(("primary: app\n", "primary: nobody\n")))
    outcome = site.guest.systemctl("reload", UNIT, check=False)
    demand(outcome.code != 0, "systemctl reload says that it worked")
    status = site.guest.systemctl("status", "--no-pager", "-n", "0", UNIT, check=False).stdout
    demand("the new config is refused (/etc/credwatch/credwatch.yaml:" in status and "nobody" in status, status)
    told = [str(entry["MESSAGE"]) for entry in site.guest.journal("-u", UNIT) if "nobody" in str(entry["MESSAGE"])]
    # The problem, and that the config is refused for it.
    demand(len(told) == 2 and told[0] != told[1], f"told {len(told)} times: {told}")
    site.configure()
    site.reload()
    wait("a good config ends it", lambda: "refused" not in site.guest.show(UNIT, "StatusText"))
    again = [str(entry["MESSAGE"]) for entry in site.guest.journal("-u", UNIT)
             if "was read again" in str(entry["MESSAGE"])]
    demand(len(again) == 1, f"a good reload is told {len(again)} times")


@proof("what is written while no journald is there arrives when it is back, with its time, and the status tells of it")
def away(site):
    demand(site.guest.status()["journal"] == {"reachable": True, "waiting": 0, "dropped": 0}, site.guest.status())
    before = len(site.guest.journal("-u", UNIT, "CREDWATCH_EVENT=profile_failing"))
    site.guest.systemctl("stop", *SOCKETS, JOURNALD)
    try:
        site.sandbox.deactivate("app-backup")
        site.wait_state("app-backup", "failing")
        journal = wait("the status tells", lambda: (
            lambda journal: journal if not journal["reachable"] and journal["waiting"] else None)(
                site.guest.status()["journal"]))
        demand(journal["dropped"] == 0, f"something was dropped: {journal}")
        wait("systemctl status tells",
             lambda: "the journal takes no entries" in site.guest.show(UNIT, "StatusText"))
        # Longer than what counts as delivered at once.
        time.sleep(2.5)
    finally:
        site.guest.systemctl("start", *SOCKETS, JOURNALD)
    entries = wait("the entry is there", lambda: site.guest.journal(
        "-u", UNIT, "CREDWATCH_EVENT=profile_failing")[before:], 35)
    demand(entries[0]["CREDWATCH_PROFILE"] == "app-backup" and entries[0].get("CREDWATCH_WRITTEN_AT"),
           f"no time: {entries[0]}")
    wait("the status is well again", lambda: site.guest.status()["journal"] == {
        "reachable": True, "waiting": 0, "dropped": 0})
    site.sandbox.activate("app-backup")
    site.wait_state("app-backup", "healthy")


@proof("heartbeats arrive while the daemon works, cease when it hangs, fails to reach them or stops, and show no token")
def heartbeat(site):
    service = DeadMan()
    site.configure(extra=f"heartbeat: {{url: \"{service.url}\", interval: 1s}}\n")
    site.reload()
    wait("two beats", lambda: len(service.beats) >= 2)
    demand(all(path == "/" + TOKEN for _, path in service.beats), f"asked for {service.beats}")
    wait("the status has it", lambda: site.guest.status()["heartbeat"]["last_success_at"])
    pid = str(site.guest.main_pid())
    site.guest.run(["kill", "-STOP", pid])
    time.sleep(0.3)
    late = service.silent_for(3)
    site.guest.run(["kill", "-CONT", pid])
    demand(late == 0, f"{late} beats of a daemon that hangs")
    count = len(service.beats)
    wait("it goes on", lambda: len(service.beats) > count)

    service.status = 500
    wait("a failure is told", lambda: site.guest.journal("-u", UNIT, "CREDWATCH_EVENT=heartbeat_failed"))
    wait("and shown", lambda: "no heartbeat at 127.0.0.1" in site.guest.show(UNIT, "StatusText"))
    service.status = 200
    wait("and its end", lambda: site.guest.journal("-u", UNIT, "CREDWATCH_EVENT=heartbeat_restored"))

    site.guest.systemctl("stop", UNIT)
    demand(service.silent_for(2.5) == 0, "a beat after the stop")
    words = site.guest.run(["journalctl", "-o", "verbose", "--all", "--no-pager", "-u", UNIT]).stdout
    demand(TOKEN not in words, "the journal has the token")
    demand(TOKEN not in site.guest.run("cat /run/credwatch/* /var/lib/credwatch/* 2>/dev/null", check=False).stdout,
           "a file has the token")
    site.configure()
    site.start()


@proof("a purge takes the catalog's pages along")
def purged(site):
    identifier = site.guest.journal("CREDWATCH_EVENT=profile_healthy")[0]["MESSAGE_ID"]
    site.guest.run(["dpkg", "--purge", "credwatch"], timeout=120)
    known = site.guest.run(["journalctl", "--no-pager", "--list-catalog"]).stdout
    demand(identifier not in known, "the catalog still has its pages")
    demand(not site.guest.exists("/usr/lib/systemd/catalog/credwatch.catalog"), "the file is still there")
