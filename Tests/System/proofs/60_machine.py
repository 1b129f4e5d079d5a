"""A machine in trouble: full disks, a read-only /etc, files and readers with few rights, secrets."""

from harness import demand, proof, wait

UNIT = "credwatch.service"
FULL = ("/run/credwatch", "/var/lib/credwatch")


@proof("full runtime and state directories: the failover happens, the old files stay whole, and all heals")
def full(site):
    guest = site.guest
    for path, mode in zip(FULL, ("755", "700")):
        guest.run(f"mkdir -p {path} && mount -t tmpfs -o size=64k,mode={mode} small {path}")
    site.start()
    for path in FULL:
        guest.run(f"dd if=/dev/zero of={path}/ballast bs=4k 2>/dev/null; chmod 600 {path}/ballast; "
                  f"! echo more 2>/dev/null >>{path}/ballast")
    before = guest.status()
    site.sandbox.deactivate("app")
    wait("the hook has run", lambda: len(site.hooks()) == 1)
    wait("the journal tells of the failover", lambda: guest.journal("CREDWATCH_EVENT=failed_over"))
    for event in ("status_file_failed", "state_file_failed"):
        demand(guest.journal("-u", UNIT, f"CREDWATCH_EVENT={event}"), f"the journal has no {event}")
    demand(guest.status() == before, "the status file is neither whole nor the one from before")
    demand(guest.json("/var/lib/credwatch/state.json")["groups"][0]["state"] == "ready", "the state is another one")
    for path in FULL:
        left = guest.run(["find", path, "-type", "f", "-printf", "%f "]).stdout.split()
        demand(set(left) <= {"ballast", "status.json", "state.json", "lock", ".lock", "state.lock"},
               f"half-written files are left in {path}: {left}")
    text = guest.show(UNIT, "StatusText")
    demand("status" in text or "state" in text, f"systemctl status does not tell: {text}")
    site.note(text)
    # What stops reading the old file: it says itself until when it may be believed.
    demand(guest.run(["credwatch", "status"], check=False).code in (0, 3), "credwatch status believes an old file")
    for path in FULL:
        guest.run(["rm", f"{path}/ballast"])
    site.wait_group("failed_over", 10)
    wait("the state is written again", lambda: guest.json("/var/lib/credwatch/state.json")["groups"][0]["state"]
         == "failed_over")
    for event in ("status_file_restored", "state_file_restored"):
        wait(f"the journal has {event}", lambda: guest.journal("-u", UNIT, f"CREDWATCH_EVENT={event}"))
    guest.systemctl("restart", UNIT)
    wait("the restarted service remembers", lambda: guest.group()["state"] == "failed_over")
    calls = site.sandbox.calls
    wait("checks go on", lambda: site.sandbox.calls >= calls + 4)
    demand(len(site.hooks()) == 1, f"hooks: {site.hooks()}")
    guest.systemctl("stop", UNIT)
    guest.run("umount " + " ".join(FULL))
    guest.run("rm -rf /srv/app/hooks /var/lib/credwatch/*")
    site.sandbox.activate("app")


@proof("a state directory on a full disk at the start: it runs, says so, and heals")
def full_at_start(site):
    guest = site.guest
    guest.run("mount -t tmpfs -o size=64k,mode=700 small /var/lib/credwatch && "
              "{ dd if=/dev/zero of=/var/lib/credwatch/ballast bs=4k 2>/dev/null; true; }")
    site.start()
    wait("the journal tells of it", lambda: guest.journal("-u", UNIT, "CREDWATCH_EVENT=state_file_failed"))
    guest.run("rm /var/lib/credwatch/ballast")
    wait("the state is written", lambda: guest.json("/var/lib/credwatch/state.json")["profiles"], 15)
    guest.systemctl("stop", UNIT)
    guest.run("umount /var/lib/credwatch")


@proof("a read-only /etc: start, checks and reload work")
def read_only(site):
    guest = site.guest
    guest.run("mount --bind /etc /etc && mount -o remount,bind,ro /etc")
    demand(guest.run("touch /etc/credwatch/x", check=False).code != 0, "/etc is not read-only")
    site.start()
    site.reload()
    calls = site.sandbox.calls
    wait("checks go on", lambda: site.sandbox.calls >= calls + 4)
    demand(guest.status()["overall"] == "healthy", "not healthy")
    guest.run("umount /etc")


@proof("AWS files of another user, 0600 in a home directory of mode 0700, are read and judged")
def other_user(site):
    guest = site.guest
    guest.run("useradd -m -s /bin/sh app && chmod 700 /home/app && install -d -o app -g app -m 700 /home/app/.aws")
    guest.write("/home/app/.aws/credentials", site.sandbox.credentials_text, 0o600, "app")
    guest.write("/home/app/.aws/config", site.sandbox.config_text, 0o600, "app")
    site.configure(("/etc/credwatch/credentials/aws", "/home/app/.aws/credentials"),
                   ("/etc/credwatch/credentials/config", "/home/app/.aws/config"))
    site.start()
    source = guest.profile("app")["source"]
    demand("/home/app/.aws/credentials" in source, f"the source is {source}")


HOOK = """\
#!/bin/sh
{
    grep -E '^(Cap|NoNewPrivs|Uid)' /proc/self/status
    cat /home/app/.aws/credentials >/dev/null 2>&1 && echo "Reads: everything"
    env | sed 's/^/Env: /'
} >/srv/app/rights
"""


@proof("a hook has no capability, cannot read those files, and gets nothing of the service's environment")
def hook_rights(site):
    guest = site.guest
    guest.write("/usr/local/lib/credwatch/switch", HOOK, mode=0o755)
    daemon = guest.read(f"/proc/{guest.main_pid()}/status")
    demand("CapEff:\t0000000000000004" in daemon, "the daemon does not have the one capability itself")
    site.sandbox.deactivate("app")
    wait("the hook has run", lambda: "CREDWATCH_INCIDENT" in guest.read("/srv/app/rights"))
    text = guest.read("/srv/app/rights")
    rights = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        demand(rights[name] == "0" * 16, f"{name} of the hook is {rights[name]}")
    demand(rights["NoNewPrivs"] == "1", "the hook may gain rights")
    demand("Reads: everything" not in text, "the hook can read another user's keys")
    variables = {line.split()[1].split("=")[0] for line in text.splitlines() if line.startswith("Env: ")}
    foreign = {name for name in variables if not name.startswith("CREDWATCH_")} - {"PATH", "LANG", "PWD", "SHLVL", "_"}
    demand(not foreign, f"the hook's environment has {foreign}")
    demand(guest.run(["pgrep", "-u", "credwatch", "-c"]).stdout.strip() == "1", "something of the hook is left")


@proof("anybody reads the status; orders and state are for root and credwatch alone")
def unprivileged(site):
    guest = site.guest
    site.wait_group("failed_over")
    shown = guest.run(["credwatch", "status"], user="nobody", check=False)
    demand(shown.code == 1 and "failed over" in shown.stdout, f"credwatch status as nobody: {shown}")
    guest.run(["cat", "/run/credwatch/status.json"], user="nobody")
    for words in (["reload"], ["failback", "app", "--force"], ["failover", "app", "--force"]):
        outcome = guest.run(["credwatch", *words], user="nobody", check=False)
        demand(outcome.code in (2, 3), f"credwatch {' '.join(words)} as nobody: {outcome}")
        demand(outcome.stderr.strip(), f"credwatch {' '.join(words)} as nobody says nothing")
    for path in ("/var/lib/credwatch/state.json", "/etc/credwatch/credentials/aws"):
        demand(guest.run(["cat", path], user="nobody", check=False).code != 0, f"nobody reads {path}")
    demand(guest.run(["touch", "/run/credwatch/x"], user="nobody", check=False).code != 0, "nobody writes beside it")
    demand(guest.group()["state"] == "failed_over", "an order of nobody was obeyed")
    site.sandbox.activate("app")
    site.wait_state("app", "healthy")
    guest.run(["credwatch", "failback", "app"])
    site.wait_group("ready")


# Where keys are meant to be.
KEY_FILES = ("/etc/credwatch/credentials/", "/home/app/.aws/")


@proof("no secret is in the journal, the status, the state, a core dump or any other file of the guest")
def secrets(site):
    guest = site.guest
    # Everything that might tell one: refusals, a crash, a wrong secret, reports, a hook's output.
    site.sandbox.create_key("app")
    guest.write("/usr/local/lib/credwatch/switch", "#!/bin/sh\nenv; cat; exit 1\n", mode=0o755)
    site.sandbox.deactivate("app")
    site.wait_state("app", "failing")
    wait("the hook has failed", lambda: guest.journal("CREDWATCH_EVENT=hook_output"))
    for command in (["check"], ["status"], ["status", "--json"], ["explain", "app"], ["lint"], ["doctor", "app"]):
        guest.run("credwatch " + " ".join(command) + " >>/root/said 2>&1; true")
    guest.systemctl("kill", "--kill-who=main", "-s", "ABRT", UNIT)
    guest.run("journalctl --sync; journalctl -o export --all >/root/journal; "
              "cp -r /run/credwatch /root/run-credwatch; journalctl --flush; sync")
    patterns = "\n".join(site.sandbox.secrets.values())
    found = guest.run(
        "grep -rlaF --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev -f - / 2>/dev/null; true",
        input=patterns, timeout=120).stdout.splitlines()
    meant = [path for path in found if path.startswith(KEY_FILES)]
    demand(len(meant) >= 2, f"the search does not even find the keys where they are: {found}")
    leaks = sorted(set(found) - set(meant))
    demand(not leaks, f"secrets are in {leaks}")
    demand("AKIA" in guest.read("/root/journal"), "the journal that was searched has nothing of the keys")
