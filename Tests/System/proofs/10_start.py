"""The service starts as systemd expects it, and says what it does."""

from harness import demand, proof, wait

UNIT = "credwatch.service"


@proof("READY comes when the status file is there")
def ready(site):
    # That of the start without a config outlives the stop.
    site.guest.run(["rm", "-f", "/run/credwatch/status.json"])
    site.guest.systemctl("start", UNIT)
    # Looked at by the very next command: systemctl returns with READY=1.
    status = site.guest.status()
    demand(status["schema"] == "credwatch-status/1", f"no status: {status}")
    names = [profile["name"] for profile in status["profiles"]]
    demand(names == ["app", "app-backup"], f"the status is of {names}")
    demand(site.guest.show(UNIT, "ActiveState") == "active", "the service is not active")


@proof("systemd sees a service of Type=notify with a watchdog, run by its own user")
def kind(site):
    for name, value in (("Type", "notify"), ("WatchdogUSec", "1min"), ("User", "credwatch"), ("NotifyAccess", "main"),
                        ("UnitFileState", "enabled")):
        seen = site.guest.show(UNIT, name)
        demand(seen == value, f"{name} is {seen}, not {value}")
    pid = site.guest.main_pid()
    owner = site.guest.run(["stat", "-c", "%U", f"/proc/{pid}"]).stdout.strip()
    demand(owner == "credwatch", f"the process is {owner}'s")


@proof("systemd-analyze verify has nothing to say")
def verify(site):
    outcome = site.guest.run(["systemd-analyze", "verify", UNIT])
    demand(not outcome.text, outcome.text)


@proof("systemd-analyze security is at most 2.0")
def security(site):
    outcome = site.guest.run(["systemd-analyze", "security", "--no-pager", "--threshold=20", UNIT], check=False)
    last = outcome.stdout.strip().splitlines()[-1]
    demand(outcome.code == 0, last)
    site.note(last.split("→")[-1].strip())


@proof("STATUS= follows what is known: healthy, then who fails and why, then where the group is")
def sentence(site):
    def text():
        return site.guest.show(UNIT, "StatusText")

    wait("the sentence counts two healthy profiles", lambda: text().startswith("2 healthy"))
    site.sandbox.deactivate("app")
    wait("the sentence names app and its cause", lambda: "1 failing (app: " in text())
    wait("the sentence tells of the failover", lambda: "group app failed over" in text())
    site.note(text())
    site.sandbox.activate("app")
    wait("the sentence counts two healthy profiles again", lambda: text().startswith("2 healthy"))


@proof("SIGUSR1 checks everything now; a stop is told in the status file and by exit code 0")
def stop(site):
    site.configure(("interval: 2s, fast_interval: 1s", "interval: 1h, fast_interval: 1s"))
    site.start()
    calls = site.sandbox.calls
    site.guest.systemctl("kill", "--kill-who=main", "-s", "USR1", UNIT)
    wait("both profiles are checked again", lambda: site.sandbox.calls >= calls + 2)
    site.guest.systemctl("stop", UNIT)
    demand(site.guest.show(UNIT, "Result") == "success", "the stop counts as a failure")
    demand(site.guest.show(UNIT, "ExecMainStatus") == "0", "the exit code is not 0")
    # What was used last is known to clients of a group; nobody waits at a socket.
    left = sorted(site.guest.run(["ls", "-A", "/run/credwatch"]).stdout.split())
    demand(left == ["status.json"], f"/run/credwatch has {left}")
    stopping = site.guest.journal("-u", UNIT, "CREDWATCH_EVENT=daemon_stopping")
    demand(stopping, "the journal does not tell of the stop")
