"""The drop-ins and units of /usr/share/doc/credwatch/examples/systemd do what they say, taken as they are."""

from harness import demand, proof, wait

UNIT = "credwatch.service"
EXAMPLES = "/usr/share/doc/credwatch/examples/systemd"
FILES = """\
aws:
  credentials_file: /etc/credwatch/credentials/aws
  config_file: /etc/credwatch/credentials/config
"""


def example(site, name):
    """An example of the package, put where its own comment says."""
    text = site.guest.read(f"{EXAMPLES}/{name}")
    place = next(line.strip("# /\n") for line in text.splitlines() if line.lstrip("#/ ").startswith(("etc/", "~/")))
    return text, "/" + place


def use(site, name):
    """Uses a drop-in of the service, and no other one."""
    for other in ("home-directory", "load-credential", "application-user", "other-services"):
        site.guest.run(["rm", "-f", f"/etc/systemd/system/{UNIT}.d/{other}.conf"])
    if name:
        text, place = example(site, name + ".conf")
        demand(place == f"/etc/systemd/system/{UNIT}.d/{name}.conf", f"its comment says {place}")
        site.guest.write(place, text)
    site.guest.systemctl("daemon-reload")
    silent = site.guest.run(["systemd-analyze", "verify", UNIT])
    demand(not silent.text, silent.text)


def files_of_app(site):
    """A user app with AWS files of its own."""
    guest = site.guest
    if not guest.exists("/home/app"):
        guest.run("useradd -m -s /bin/sh app && chmod 700 /home/app && install -d -o app -g app -m 700 /home/app/.aws")
        guest.run("useradd -m -s /bin/sh other")
        guest.write("/home/other/file", "private\n", owner="other")
    guest.write("/home/app/.aws/credentials", site.sandbox.credentials_text, 0o600, "app")
    guest.write("/home/app/.aws/config", site.sandbox.config_text, 0o600, "app")


@proof("home-directory.conf: the AWS files of one home directory, and of no other")
def home_directory(site):
    files_of_app(site)
    use(site, "home-directory")
    site.configure((FILES, "aws:\n"))
    site.start()
    demand("/home/app/.aws/credentials" in site.guest.profile("app")["source"], site.guest.profile("app")["source"])
    pid = site.guest.main_pid()
    demand(site.guest.run(["ls", f"/proc/{pid}/root/home"]).stdout.split() == ["app"], "it sees other homes")
    # A file that is replaced, as tools do, is seen.
    key, secret = site.sandbox.create_key("app")
    text = site.sandbox.credentials_text.replace(site.sandbox.keys["app"], key).replace(
        site.sandbox.secrets["app"], secret)
    site.guest.write("/home/app/.aws/new", text, 0o600, "app")
    site.guest.run("mv /home/app/.aws/new /home/app/.aws/credentials")
    wait("the new key is seen", lambda: site.guest.profile("app")["access_key_id"] == key
         and site.guest.profile("app")["state"] == "healthy")
    site.credentials_of_app = text


@proof("load-credential.conf: keys that systemd hands over, without any right to files")
def load_credential(site):
    guest = site.guest
    use(site, "load-credential")
    section = site.credentials_of_app.split("[app-backup]")[0]
    guest.write("/etc/app/aws-credentials", section, 0o600)
    site.configure(("  - name: app\n  - name: app-backup", "  - name: app\n    credential: aws-app\n  - name: app-backup"))
    site.start()
    source = guest.profile("app")["source"]
    demand("aws-app" in source, f"the source is {source}")
    status = guest.read(f"/proc/{guest.main_pid()}/status")
    demand("CapEff:\t0000000000000000" in status and "CapBnd:\t0000000000000000" in status, "it has capabilities")
    site.sandbox.deactivate("app")
    site.wait_state("app", "failing")
    site.sandbox.activate("app")
    site.wait_state("app", "healthy")
    # As the manual says: without its source, the start fails with 243.
    guest.run("mv /etc/app/aws-credentials /etc/app/away")
    guest.systemctl("restart", UNIT, check=False)
    code = guest.show(UNIT, "ExecMainStatus")
    demand(code == "243", f"without the source, the exit code is {code}")
    guest.run("mv /etc/app/away /etc/app/aws-credentials")
    site.start()


@proof("application-user.conf: the application's user, its own files, and state that moves with it")
def application_user(site):
    guest = site.guest
    use(site, None)
    site.configure()
    site.start()
    guest.run(["credwatch", "failover", "app", "--force"])
    site.wait_group("failed_over")
    guest.run("chown -R app /srv/app")
    incident = guest.group()["incident"]["id"]
    use(site, "application-user")
    site.configure((FILES, "aws:\n"))
    site.start()
    pid = guest.main_pid()
    demand(guest.run(["stat", "-c", "%U:%G", f"/proc/{pid}"]).stdout.strip() == "app:app", "it is not app's")
    demand("CapEff:\t0000000000000000" in guest.read(f"/proc/{pid}/status"), "it has capabilities")
    demand("/home/app/.aws/credentials" in guest.profile("app")["source"], guest.profile("app")["source"])
    demand(guest.group()["incident"]["id"] == incident, "the state did not move with it")
    guest.run(["credwatch", "failback", "app"], user="app")
    site.wait_group("ready")
    demand(guest.run(["stat", "-c", "%U", "/var/lib/credwatch/state.json"]).stdout.strip() == "app", "state of another")
    guest.systemctl("stop", UNIT)
    use(site, None)
    guest.run("chown -R credwatch /srv/app")
    site.configure()
    site.start()


SERVICE = """\
[Service]
User=app
Environment=AWS_PROFILE=app-backup AWS_ENDPOINT_URL={url}
ExecStart=/bin/sleep infinity
"""


@proof("other-services.conf: what a running service of another user really has in its environment")
def other_services(site):
    guest = site.guest
    use(site, "other-services")
    guest.write("/etc/systemd/system/app.service", SERVICE.format(url=site.sandbox.url))
    guest.systemctl("daemon-reload")
    guest.systemctl("start", "app.service")
    site.configure(("  - name: app\n  - name: app-backup",
                    "  - name: service\n    unit: app.service\n  - name: app\n  - name: app-backup"))
    site.start()
    seen = guest.profile("service")
    demand(seen["access_key_id"] == site.sandbox.keys["app-backup"], f"it sees {seen['access_key_id']}")
    demand("/home/app/.aws/credentials" in seen["source"], seen["source"])
    # Without one of its lines it says which.
    site.drop_in("zz", "[Service]\nRestrictSUIDSGID=yes\n")
    guest.systemctl("restart", UNIT)
    wait("the line is named", lambda: "RestrictSUIDSGID=no" in str(guest.profile("service")["remedy"]))
    site.drop_in("zz", None)
    # Nor without the drop-in.
    use(site, None)
    guest.systemctl("restart", UNIT)
    wait("without it, the missing right is named", lambda: "CAP_SYS_PTRACE" in str(guest.profile("service")["remedy"]))
    site.note(guest.profile("service")["remedy"])
    site.configure()
    site.start()


@proof("credwatch-hook@.service, its polkit rule and its scripts: as root the service gets the backup, and nothing else is allowed")
def hook_unit(site):
    guest = site.guest
    for name in ("credwatch-hook@.service", "50-credwatch-hook.rules"):
        text, place = example(site, name)
        guest.write(place, text)
    for name in ("start-hook-unit", "restart-with-profile"):
        guest.run(["install", "-D", "-m", "755", f"{EXAMPLES}/../hooks/{name}", f"/usr/local/lib/credwatch/{name}"])
    guest.systemctl("daemon-reload")
    silent = guest.run(["systemd-analyze", "verify", "credwatch-hook@app.service"])
    demand(not silent.text, silent.text)
    site.configure(("command: [/usr/local/lib/credwatch/switch], timeout: 10s",
                    "command: [/usr/local/lib/credwatch/start-hook-unit], timeout: 2m"))
    site.start()
    guest.write("/etc/default/app", "AWS_PROFILE=app\nAPP=1\n")
    guest.systemctl("start", "app.service")
    pid = guest.main_pid("app.service")
    site.sandbox.deactivate("app")
    site.wait_group("failed_over")
    hook = guest.group()["hook"]
    demand(hook["result"] == "succeeded" and hook["attempts"] == 1, f"the hook: {hook}")
    demand(guest.main_pid("app.service") not in (0, pid), "the service was not restarted")
    demand(guest.read("/etc/default/app") == "APP=1\nAWS_PROFILE=app-backup\n", guest.read("/etc/default/app"))
    for words in (["restart", "app.service"], ["start", "dbus.service"], ["stop", "credwatch-hook@app.service"],
                  ["start", "credwatch-hook@-x.service"]):
        outcome = guest.run(["systemctl", "--no-ask-password", *words], user="credwatch", check=False)
        demand(outcome.code != 0, f"credwatch may systemctl {' '.join(words)}")
    other = guest.run(["systemctl", "--no-ask-password", "start", "credwatch-hook@app.service"], user="other", check=False)
    demand(other.code != 0, "any user may start the hook's unit")
    # The way back is by hand; a notice switches nothing, and a switch that fails is a hook that failed.
    site.sandbox.activate("app")
    site.wait_state("app", "healthy")
    pid = guest.main_pid("app.service")
    guest.run(["credwatch", "hook", "test", "app"], user="credwatch")
    demand(guest.main_pid("app.service") == pid, "the event test restarted the service")
    guest.run(["credwatch", "failback", "app"])
    demand(guest.read("/etc/default/app").endswith("AWS_PROFILE=app\n"), guest.read("/etc/default/app"))
    guest.write("/usr/local/lib/credwatch/restart-with-profile", "#!/bin/sh\nexit 3\n", mode=0o755)
    outcome = guest.run(
        ["env", "CREDWATCH_EVENT=failover", "CREDWATCH_TO=app", "/usr/local/lib/credwatch/start-hook-unit"],
        user="credwatch", check=False)
    demand(outcome.code != 0, f"a switch that failed: {outcome}")


CONFIG = """\
defaults: {{interval: 2s, timeout: 2s, region: us-east-1}}
profiles:
  - name: app
status: {{file: /run/user/{uid}/credwatch/status.json}}
control: {{socket: /run/user/{uid}/credwatch/control.sock}}
state_directory: {state}
aws: {{endpoint_url: "{url}"}}
"""


@proof("credwatch-user.service: a service of one user, by systemctl --user, without any right")
def user_service(site):
    guest = site.guest
    guest.systemctl("stop", UNIT)
    uid = guest.run(["id", "-u", "app"]).stdout.strip()
    guest.run(["loginctl", "enable-linger", "app"])
    bus = {"XDG_RUNTIME_DIR": f"/run/user/{uid}", "DBUS_SESSION_BUS_ADDRESS": f"unix:path=/run/user/{uid}/bus",
           "HOME": "/home/app"}

    def as_user(*words, check=True):
        return guest.run(list(words), user="app", env=bus, check=check)

    wait("the user's manager is up", lambda: as_user("systemctl", "--user", "is-system-running", check=False)
         .stdout.strip() in ("running", "degraded"), 20)
    text, place = example(site, "credwatch-user.service")
    place = place.replace("/~", "/home/app")
    demand(place == "/home/app/.config/systemd/user/credwatch.service", f"its comment says {place}")
    as_user("mkdir", "-p", "/home/app/.config/systemd/user", "/home/app/.config/credwatch")
    guest.write(place, text, owner="app")
    state = next(line.split()[-1] for line in text.splitlines() if "state_directory:" in line)
    config = CONFIG.format(uid=uid, url=site.sandbox.url, state=state.replace("~", "/home/app"))
    guest.write("/home/app/.config/credwatch/credwatch.yaml", config, owner="app")
    as_user("systemctl", "--user", "daemon-reload")
    as_user("systemctl", "--user", "enable", "--now", "credwatch.service")
    path = f"/run/user/{uid}/credwatch/status.json"
    wait("app is healthy", lambda: guest.status(path)["overall"] == "healthy")
    shown = as_user("systemctl", "--user", "show", "--value", "-P", "StatusText", "credwatch.service")
    demand(shown.stdout.startswith("1 healthy"), shown.stdout)
    demand(as_user("systemctl", "--user", "show", "--value", "-P", "Type", "credwatch.service").stdout.strip() == "notify",
           "Type is another one")
    as_user("systemctl", "--user", "reload", "credwatch.service")
    guest.write("/home/app/.config/credwatch/credwatch.yaml", config + "nonsense: 1\n", owner="app")
    demand(as_user("systemctl", "--user", "reload", "credwatch.service", check=False).code != 0, "a bad reload worked")
    demand(guest.status(path)["overall"] == "healthy", "the old config is not in force")
    demand(guest.journal("_SYSTEMD_USER_UNIT=credwatch.service", "CREDWATCH_EVENT=daemon_started"), "no entry for it")
    wait("its state is written", lambda: guest.exists(state.replace("~", "/home/app") + "/state.json"), 15)
    as_user("systemctl", "--user", "stop", "credwatch.service")
    site.as_user, site.user_config = as_user, config


GROUP = """\
failover:
  - name: app
    primary: app
    backups: [app-backup]
    fall: 1
    minimum_span: 0s
    switch:
      - {credentials_file: /home/app/.aws/live, profile: in-use, restart_units: [reader.service]}
      - {environment_file: /home/app/worker.env, restart_units: [worker.service]}
"""

UNITS = {
    "worker": "[Service]\nEnvironmentFile=/home/app/worker.env\nExecStart=/bin/sleep infinity\n",
    "reader": "[Service]\nExecStart=/bin/sh -c 'cp /home/app/.aws/live /home/app/read; exec sleep infinity'\n",
}


@proof("its restart_units are the user's own, by the service and from a login shell")
def user_units(site):
    guest, as_user, keys, secrets = site.guest, site.as_user, site.sandbox.keys, site.sandbox.secrets
    guest.write("/home/app/.aws/credentials", site.sandbox.credentials_text, 0o600, "app")
    guest.write("/home/app/.aws/live", f"[in-use]\naws_access_key_id = {keys['app']}\n"
                f"aws_secret_access_key = {secrets['app']}\n", 0o600, "app")
    guest.write("/home/app/worker.env", f"AWS_ACCESS_KEY_ID={keys['app']}\nAWS_SECRET_ACCESS_KEY={secrets['app']}\n", 0o600, "app")
    for name, text in UNITS.items():
        guest.write(f"/home/app/.config/systemd/user/{name}.service", text, owner="app")
    path = "/home/app/.config/credwatch/credwatch.yaml"
    guest.write(path, site.user_config.replace("  - name: app\n", "  - name: app\n  - name: app-backup\n") + GROUP, owner="app")
    as_user("systemctl", "--user", "daemon-reload")
    as_user("systemctl", "--user", "start", "worker.service", "reader.service")
    # The harness is outside of the user's manager, as a login shell is.
    shown = as_user("credwatch", "switch", "app", "--to", "app-backup", "--dry-run", "--config", path).stdout
    demand("no such unit" not in shown, shown)

    def pids():
        return [as_user("systemctl", "--user", "show", "--value", "-P", "MainPID", f"{name}.service").stdout.strip() for name in UNITS]

    before = pids()
    uid = guest.run(["id", "-u", "app"]).stdout.strip()
    status = f"/run/user/{uid}/credwatch/status.json"
    as_user("systemctl", "--user", "start", "credwatch.service")
    wait("both are healthy", lambda: [item["state"] for item in guest.status(status)["profiles"]] == ["healthy"] * 2)
    site.sandbox.deactivate("app")
    wait("the group has failed over", lambda: guest.status(status)["groups"][0]["state"] == "failed_over", 30)
    after = pids()
    demand("0" not in after and not set(before) & set(after), f"the units were not restarted: {before}, {after}")
    environment = guest.run(["sh", "-c", f"tr '\\0' '\\n' </proc/{after[0]}/environ"]).stdout
    demand(keys["app-backup"] in environment, "the worker has not the new key")
    demand(keys["app-backup"] in guest.read("/home/app/read"), "the reader has not read the new key")
    site.sandbox.activate("app")
    as_user("systemctl", "--user", "stop", "credwatch.service")
