"""The built-in switcher in a service without root's rights, by its privileged half."""

from harness import demand, proof, wait

UNIT = "credwatch.service"
ENVIRONMENT = "/etc/default/app"
CREDENTIALS = "/home/app/.aws/credentials"

WORKER = """\
[Service]
EnvironmentFile=/etc/default/app
ExecStart=/bin/sleep infinity
"""

# Says which key it has read at its start.
READER = """\
[Service]
User=app
ExecStart=/bin/sh -c 'grep -A2 "^.app]" /home/app/.aws/credentials >/home/app/read; exec sleep infinity'
"""

SWITCH = """\
    switch:
      - {credentials_file: /home/app/.aws/credentials, profile: app, restart_units: [reader.service]}
      - {environment_file: /etc/default/app, restart_units: [worker.service]}
"""


def prepare(site, key="app", units=("worker", "reader")):
    """The applications as an administrator would have them, with the keys of a user."""
    guest = site.guest
    guest.run("id app >/dev/null 2>&1 || useradd --create-home app")
    guest.run("install -d -m 0700 -o app -g app /home/app/.aws")
    keys, secrets = site.sandbox.keys, site.sandbox.secrets
    guest.write(ENVIRONMENT, f"# of worker\nAWS_ACCESS_KEY_ID={keys[key]}\nAWS_SECRET_ACCESS_KEY={secrets[key]}\nMODE=live\n",
                0o640, "root:root")
    guest.write(CREDENTIALS, f"[default]\nregion = eu-central-1\n[app]\naws_access_key_id = {keys[key]}\n"
                f"aws_secret_access_key = {secrets[key]}\n", 0o600, "app:app")
    guest.write("/etc/systemd/system/worker.service", WORKER)
    guest.write("/etc/systemd/system/reader.service", READER)
    guest.systemctl("daemon-reload")
    for unit in units:
        guest.systemctl("restart", f"{unit}.service")


def configure(site, switch=SWITCH):
    """A group that switches both; the hook tells what was done."""
    site.configure(("    hook:", switch + "    hook:"))


def environment_of(site, unit):
    """The key in the environment of a unit's main process."""
    pid = site.guest.main_pid(unit)
    text = site.guest.run(["sh", "-c", f"tr '\\0' '\\n' </proc/{pid}/environ"]).stdout
    return next((line.split("=", 1)[1] for line in text.splitlines() if line.startswith("AWS_ACCESS_KEY_ID=")), None)


@proof("the socket of the privileged half is there, off, and for the service's user alone")
def socket_is_off(site):
    shown = site.guest.systemctl("is-enabled", "credwatch-mover.socket", check=False).stdout.strip()
    demand(shown == "disabled", f"the socket is {shown}")
    site.guest.systemctl("enable", "--now", "credwatch-mover.socket")
    mode = site.guest.run(["stat", "-c", "%U:%G %a", "/run/credwatch-mover.sock"]).stdout.strip()
    demand(mode == "credwatch:credwatch 600", f"the socket is {mode}")


@proof("a dead key: both files are switched with owner and mode kept, both units restarted, and their processes hold the new key")
def both_files(site):
    prepare(site)
    configure(site)
    site.start()
    guest, new, old = site.guest, site.sandbox.keys["app-backup"], site.sandbox.keys["app"]
    before = {unit: guest.main_pid(unit) for unit in ("worker.service", "reader.service")}
    guest.run(["systemd-run", "--quiet", "--unit=stray", "--uid=app", f"--setenv=AWS_ACCESS_KEY_ID={old}", "sleep", "infinity"])
    demand(environment_of(site, "worker.service") == old, "the worker has not the old key")
    site.sandbox.deactivate("app")
    site.wait_group("failed_over")
    demand(new in guest.read(ENVIRONMENT) and "MODE=live" in guest.read(ENVIRONMENT), guest.read(ENVIRONMENT))
    demand(new in guest.read(CREDENTIALS) and "region = eu-central-1" in guest.read(CREDENTIALS), "not switched")
    for path, wanted in ((ENVIRONMENT, "root:root 640"), (CREDENTIALS, "app:app 600")):
        shown = guest.run(["stat", "-c", "%U:%G %a", path]).stdout.strip()
        demand(shown == wanted, f"{path} is {shown}")
    for unit, pid in before.items():
        demand(guest.main_pid(unit) not in (0, pid), f"{unit} was not restarted")
    demand(environment_of(site, "worker.service") == new, "the worker has not the new key")
    demand(new in guest.read("/home/app/read"), "the reader has not read the new key")
    demand([line["event"] for line in site.hooks()] == ["failover"], f"hooks: {site.hooks()}")
    # The service itself sees no other processes; its privileged half does.
    wait("the stray process is told of", lambda: guest.journal("CREDWATCH_EVENT=key_still_used"))
    stale = guest.group("app")["stale_users"]
    demand([(user["unit"], user["user"]) for user in stale["users"]] == [("stray.service", "app")] and not stale["hidden"], f"users: {stale}")
    guest.systemctl("stop", "stray.service")
    for event in ("switched", "unit_restarted"):
        demand(guest.journal(f"CREDWATCH_EVENT={event}"), f"no entry {event}")
    everything = guest.run(["journalctl", "--no-pager", "-o", "export"]).stdout
    for name, secret in site.sandbox.secrets.items():
        demand(secret not in everything, f"the secret of {name} is in the journal")
    site.note(guest.run("journalctl -o cat --no-pager CREDWATCH_EVENT=switched | tail -3").stdout.strip())


@proof("the way back is the same")
def way_back(site):
    site.sandbox.activate("app")
    wait("the recovery is told", lambda: site.guest.journal("CREDWATCH_EVENT=primary_recovered"))
    site.guest.run(["credwatch", "failback", "app"])
    site.wait_group("ready")
    demand(environment_of(site, "worker.service") == site.sandbox.keys["app"], "the worker has not the primary's key")
    demand(site.sandbox.keys["app"] in site.guest.read(CREDENTIALS), "the file has not the primary's key")


@proof("a unit that does not come back: failover_failed, and the file keeps the good key")
def unit_fails(site):
    guest = site.guest
    # It starts once more only with the key that it had.
    guest.write("/etc/systemd/system/worker.service", WORKER.replace(
        "ExecStart=", f"ExecStartPre=/bin/sh -c '[ $AWS_ACCESS_KEY_ID = {site.sandbox.keys['app']} ]'\nExecStart="))
    guest.systemctl("daemon-reload")
    guest.systemctl("reset-failed", "worker.service", check=False)
    guest.systemctl("restart", "worker.service")
    site.sandbox.deactivate("app")
    site.wait_group("failover_failed", 120)
    demand(site.sandbox.keys["app-backup"] in guest.read(ENVIRONMENT), "the file was put back")
    demand(guest.journal("CREDWATCH_EVENT=unit_failed"), "the unit is not told of")


@proof("a target in a directory that others may write is refused before anything is changed, and at the start")
def unsafe_target(site):
    guest = site.guest
    site.sandbox.activate("app")
    guest.systemctl("stop", UNIT)
    guest.run("rm -f /var/lib/credwatch/state.json /var/lib/credwatch/switches.json")
    prepare(site)
    guest.run("install -d -m 0777 /srv/open; install -m 0600 /etc/default/app /srv/open/app")
    configure(site, SWITCH.replace("environment_file: /etc/default/app", "environment_file: /srv/open/app"))
    before = guest.read(CREDENTIALS)
    site.start()
    wait("it is said at the start", lambda: guest.journal("CREDWATCH_EVENT=switch_failed"))
    site.sandbox.deactivate("app")
    site.wait_group("failover_failed", 120)
    demand(guest.read(CREDENTIALS) == before, "the other file was changed")
    site.sandbox.activate("app")


@proof("a config that others may change is not believed by the privileged half")
def untrusted_config(site):
    guest = site.guest
    guest.systemctl("stop", UNIT)
    guest.run("rm -f /var/lib/credwatch/state.json /var/lib/credwatch/switches.json")
    prepare(site)
    configure(site)
    guest.run("chown credwatch /etc/credwatch/credwatch.yaml")
    answer = guest.run(
        ["python3", "-c", "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/run/credwatch-mover.sock'); "
         "s.sendall(b'{\"request\":\"move\",\"group\":\"app\",\"profile\":\"app-backup\"}\\n'); print(s.makefile().read())"]).stdout
    demand("not to be trusted" in answer, f"it answers {answer}")
    guest.run("chown root /etc/credwatch/credwatch.yaml")
    demand(site.sandbox.keys["app"] in guest.read(CREDENTIALS), "the file was switched")
