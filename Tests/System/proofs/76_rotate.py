"""`rotate:` in a service without root's rights, by its privileged half."""

import json

from harness import demand, proof, wait

KEYS = "/etc/credwatch/credentials/aws"
ENVIRONMENT = "/etc/default/app"
JOURNAL = "/var/lib/credwatch-mover/rotations/app.json"

ROTATE = ("  - name: app\n  - name: app-backup\n", "  - {name: app, rotate: {every: 90d, delete_after: 5d}}\n  - name: app-backup\n")
SWITCH = "    switch: [{environment_file: /etc/default/app, restart_units: [worker.service]}]\n"

WORKER = """\
[Service]
EnvironmentFile=/etc/default/app
ExecStart=/bin/sleep infinity
"""


def key_in(text):
    """The key id of [app]."""
    return text.split("[app]")[1].split("aws_access_key_id = ")[1].split("\n")[0]


def keys_of(site):
    """The keys of the user app: whether each is active."""
    users = [user for account in site.sandbox.state()["accounts"] for user in account["users"]]
    keys = next(user for user in users if user["name"] == "app")["keys"]
    return {key["access_key_id"]: key["status"] == "Active" for key in keys}


def look(site):
    """Has the daemon look whether it is time, which it does once a day."""
    site.guest.systemctl("kill", "--kill-whom=main", "-s", "USR1", "credwatch.service")


def ask(site, line):
    """What the privileged half answers to a line."""
    return site.guest.run(
        ["python3", "-c", "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect('/run/credwatch-mover.sock'); "
         "s.sendall(sys.argv[1].encode() + b'\\n'); print(s.makefile().read())", json.dumps(line)], timeout=60).stdout


@proof("without the privileged half, the service says that it may not write the file")
def not_allowed(site):
    guest, old = site.guest, site.sandbox.keys["app"]
    site.configure(ROTATE, ("    hook:", SWITCH + "    hook:"))
    guest.write(ENVIRONMENT, f"AWS_ACCESS_KEY_ID={old}\nAWS_SECRET_ACCESS_KEY={site.sandbox.secrets['app']}\n", 0o600, "root:root")
    guest.write("/etc/systemd/system/worker.service", WORKER)
    guest.systemctl("daemon-reload")
    guest.systemctl("start", "worker.service")
    site.sandbox.order("backdate", user="app:100d")
    site.start()
    look(site)
    wait("it is said", lambda: guest.journal("CREDWATCH_EVENT=rotation_failed"))
    demand(list(keys_of(site)) == [old], "a key was made")


@proof("with it, an old key is rotated: file, application and unit have the new one, and the old one is inactive")
def rotated(site):
    guest, old = site.guest, site.sandbox.keys["app"]
    guest.systemctl("enable", "--now", "credwatch-mover.socket")
    before = guest.run(["stat", "-c", "%U:%G %a", KEYS]).stdout
    look(site)
    wait("the old key is inactive", lambda: keys_of(site).get(old) is False, 60)
    wait("it is told", lambda: guest.journal("CREDWATCH_EVENT=key_rotated"))
    new = key_in(guest.read(KEYS))
    demand(new != old and keys_of(site) == {old: False, new: True}, f"the keys are {keys_of(site)}")
    demand(new in guest.read(ENVIRONMENT), "the application's file has not the new key")
    demand(guest.run(["stat", "-c", "%U:%G %a", KEYS]).stdout == before, "the file has another owner or mode")
    pid = guest.main_pid("worker.service")
    demand(new in guest.run(["sh", "-c", f"tr '\\0' '\\n' </proc/{pid}/environ"]).stdout, "the unit has not the new key")
    site.wait_state("app", "healthy")
    demand(guest.run(["stat", "-c", "%U %a", JOURNAL]).stdout.split() == ["root", "600"], "the journal is not root's")
    demand(not guest.exists("/var/lib/credwatch/rotations/app.json"), "there is a journal in the daemon's directory too")
    secrets = [line.split(" = ")[1] for line in guest.read(KEYS).splitlines() if line.startswith("aws_secret")]
    everything = guest.run(["journalctl", "--no-pager", "-o", "export"]).stdout
    demand(not any(secret in everything for secret in secrets), "a secret is in the journal")
    site.new, site.old = new, old


@proof("root's own command knows of it, and the old key is deleted when its time is over")
def finished(site):
    guest = site.guest
    journal = json.loads(guest.read(JOURNAL))
    shown = guest.run(["credwatch", "rotate", "app", "--dry-run"]).stdout
    demand(site.old in shown and "deactivated" in shown, f"it shows {shown}")
    site.note(shown.strip())
    journal["deactivated_at"] = "2020-01-01T00:00:00Z"
    guest.write(JOURNAL, json.dumps(journal), 0o600, "root:root")
    look(site)
    wait("the old key is deleted", lambda: keys_of(site) == {site.new: True}, 60)
    wait("the rotation is over", lambda: not guest.exists(JOURNAL))


@proof("the service's user gets nothing but what the config says: no young key, no other profile, no journal of its own making")
def attacked(site):
    guest = site.guest
    answer = ask(site, {"request": "rotate", "profile": "app", "key_id": site.new})
    demand(keys_of(site) == {site.new: True}, f"a young key was rotated: {answer}")
    answer = ask(site, {"request": "rotate", "profile": "app-backup", "key_id": site.sandbox.keys["app-backup"]})
    demand("no `rotate`" in answer, f"it answers {answer}")
    site.sandbox.order("backdate", user="app:100d")
    answer = ask(site, {"request": "rotate", "profile": "app", "key_id": site.sandbox.keys["app-backup"]})
    demand("other files" in answer, f"it answers {answer}")
    # A journal of the service's that would delete the key of somebody else.
    forged = {"schema": "credwatch-rotation/1", "stage": "deleting", "profile": "app", "user": "app-backup",
              "account": "123456789012", "credentials_file": KEYS, "section": "app",
              "old_key": site.sandbox.keys["app-backup"], "old_key_was_good": True, "new_key": site.new, "keys_before": [],
              "started_at": "2020-01-01T00:00:00Z"}
    guest.run("install -d -o credwatch -g credwatch -m 0700 /var/lib/credwatch/rotations")
    guest.write("/var/lib/credwatch/rotations/app.json", json.dumps(forged), 0o600, "credwatch:credwatch")
    answer = ask(site, {"request": "rotate", "profile": "app", "key_id": site.new})
    demand("is open in /var/lib/credwatch" in answer, f"it answers {answer}")
    answer = guest.run(["credwatch", "rotate", "app"], check=False).stdout
    demand("does not list" in answer, f"root's own command says {answer}")
    guest.run("rm /var/lib/credwatch/rotations/app.json")
    # Its directory is root's, whatever the service's user would like it to be.
    demand(guest.run("runuser -u credwatch -- ls /var/lib/credwatch-mover", check=False).code != 0, "it may look into root's directory")
    demand(keys_of(site) == {site.new: True}, "a key was made or deleted")


@proof("one that is killed on the way is finished by the next look")
def killed(site):
    guest = site.guest
    site.sandbox.fault(propagation_delay="3s")
    look(site)
    wait("a new key stands in the file", lambda: key_in(guest.read(KEYS)) != site.new, 30)
    guest.systemctl("kill", "-s", "KILL", "credwatch-mover@*.service")
    wait("it is said", lambda: len(guest.journal("CREDWATCH_EVENT=rotation_failed")) > 1)
    new = key_in(guest.read(KEYS))
    site.sandbox.fault(propagation_delay="0s")
    wait("the file's key is good", lambda: guest.profile("app")["state"] == "healthy" and guest.profile("app")["access_key_id"] == new, 30)
    look(site)
    wait("the old key is inactive", lambda: keys_of(site) == {site.new: False, new: True}, 60)
    demand(new in guest.read(ENVIRONMENT), "the application's file has not the new key")
