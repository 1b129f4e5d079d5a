"""systemctl reload: done when it returns, and harmless when the config is broken."""

from harness import demand, proof, wait

UNIT = "credwatch.service"


def names(site):
    return [profile["name"] for profile in site.guest.status()["profiles"]]


@proof("a good config is in force when the reload returns, in the same process")
def good(site):
    site.start()
    pid = site.guest.main_pid()
    site.configure(("  - name: app-backup\n", "  - name: app-backup\n  - name: third\n    profile: app\n"))
    site.guest.systemctl("reload", UNIT)
    demand(names(site) == ["app", "app-backup", "third"], f"the status has {names(site)}")
    demand(site.guest.main_pid() == pid, "it is another process")
    demand(site.guest.journal("-u", UNIT, "CREDWATCH_EVENT=config_reloaded"), "the journal does not tell of it")


@proof("a bad config makes the reload fail with file, line and reason, and the old one stays in force")
def bad(site):
    pid = site.guest.main_pid()
    text = site.config(("primary: app\n", "primary: nobody\n"))
    line = text[:text.index("nobody")].count("\n") + 1
    site.guest.write("/etc/credwatch/credwatch.yaml", text)
    outcome = site.guest.systemctl("reload", UNIT, check=False)
    demand(outcome.code != 0, "systemctl reload says that it worked")
    place = f"/etc/credwatch/credwatch.yaml:{line}:"
    entries = [entry["MESSAGE"] for entry in site.guest.journal("-u", UNIT) if place in str(entry["MESSAGE"])]
    demand(entries, f"no entry of the unit has the place {place}")
    demand("nobody" in entries[-1], f"the reason is not told: {entries[-1]}")
    demand(site.guest.journal("-u", UNIT, "CREDWATCH_EVENT=config_refused"), "the journal does not tell of it")
    by_hand = site.guest.run(["credwatch", "reload"], check=False)
    demand(by_hand.code == 2 and place in by_hand.stderr, f"credwatch reload: {by_hand}")
    demand(site.guest.main_pid() == pid, "it is another process")
    demand(site.guest.show(UNIT, "ActiveState") == "active", "the service is not active any more")
    demand(names(site) == ["app", "app-backup", "third"], f"the status has {names(site)}")
    calls = site.sandbox.calls
    wait("the checks go on", lambda: site.sandbox.calls >= calls + 4)


@proof("health, incident and failover survive a reload, and no hook runs again")
def survives(site):
    site.configure()
    site.reload()
    site.sandbox.deactivate("app")
    site.wait_group("failed_over")
    site.wait_state("app", "failing")
    before, group = site.guest.profile("app"), site.guest.group()
    site.configure(("timeout: 2s", "timeout: 3s"))
    site.reload()
    after, same = site.guest.profile("app"), site.guest.group()
    for key in ("state", "since", "cause", "failing_since"):
        demand(after[key] == before[key], f"{key} was {before[key]}, and is {after[key]}")
    for key in ("state", "active", "incident", "hook"):
        demand(same[key] == group[key], f"{key} of the group was {group[key]}, and is {same[key]}")
    failures = after["consecutive_failures"]
    wait("further refusals are counted on", lambda: site.guest.profile("app")["consecutive_failures"] > failures)
    demand(len(site.hooks()) == 1, f"hooks: {site.hooks()}")


@proof("SIGHUP reloads as well")
def hangup(site):
    site.configure(("  - name: app-backup\n", "  - name: app-backup\n  - name: fourth\n    profile: app-backup\n"))
    site.guest.systemctl("kill", "--kill-who=main", "-s", "HUP", UNIT)
    wait("the new profile is in the status", lambda: "fourth" in names(site), 5)


@proof("a service that starts with a broken config fails for good, with 78 and the reason")
def refused(site):
    site.guest.write("/etc/credwatch/credwatch.yaml", "profiles:\n  - name: [app\n")
    site.guest.systemctl("restart", UNIT, check=False)
    wait("the service has failed", lambda: site.guest.show(UNIT, "ActiveState") == "failed")
    demand(site.guest.show(UNIT, "ExecMainStatus") == "78", "the exit code is not 78")
    restarts = site.guest.show(UNIT, "NRestarts")
    demand(restarts == "0", f"systemd tried {restarts} times again")
    said = [str(entry["MESSAGE"]) for entry in site.guest.journal("-u", UNIT)]
    demand(any("credwatch.yaml:" in line for line in said[-8:]), f"no reason in {said[-8:]}")
    site.configure()
    site.start()
