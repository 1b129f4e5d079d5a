"""`serve:` as README.md and served-application.conf have it, and what is left of it when the service is stopped."""

import json
import os

from harness import demand, proof, wait

UNIT = "credwatch.service"
README = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "..", "README.md")
DROP_IN = "/usr/share/doc/credwatch/examples/systemd/served-application.conf"

SERVE = "    serve: {users: [app], listen: 127.0.0.1:9911, token_file: /etc/credwatch/app.token}\n"

# Asks as the SDKs do, which refuse a token with a line end.
APPLICATION = """\
import json, os, time, urllib.request
token = open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
assert "\\n" not in token, "the token has a line end"
request = urllib.request.Request(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"], headers={"Authorization": token})
while True:
    try:
        print(json.load(urllib.request.urlopen(request, timeout=5))["AccessKeyId"], flush=True)
    except OSError as error:
        print(error, flush=True)
    time.sleep(0.2)
"""


def key_of(site, user="app"):
    """The key that a program of a user gets by credential_process; None when it gets none."""
    outcome = site.guest.run(
        ["credwatch", "credentials", "--group", "app"], user=user, env={"HOME": f"/home/{user}"}, check=False)
    return json.loads(outcome.stdout)["AccessKeyId"] if outcome.code == 0 else None


@proof("the token of README.md, and the application of served-application.conf: it gets the primary's key, then the backup's")
def endpoint(site):
    guest, keys = site.guest, site.sandbox.keys
    guest.run("useradd -m app && useradd -m other")
    with open(README) as file:
        line = next(line.strip() for line in file if line.startswith("    openssl rand"))
    guest.run(line.replace("sudo ", ""))
    site.configure(("    hook:", SERVE + "    hook:"))
    site.start()
    guest.write("/home/app/ask.py", APPLICATION)
    guest.write("/etc/systemd/system/app.service",
                "[Service]\nUser=app\nExecStart=/usr/bin/python3 /home/app/ask.py\n")
    guest.write("/etc/systemd/system/app.service.d/served-application.conf", guest.read(DROP_IN))
    guest.systemctl("daemon-reload")
    guest.systemctl("start", "app.service")

    def said(key):
        return key in guest.run("journalctl -o cat --no-pager -u app -n 1").stdout

    wait("it has the primary's key", lambda: said(keys["app"]))
    guest.run(["credwatch", "failover", "app"])
    wait("it has the backup's key", lambda: said(keys["app-backup"]), 5)


@proof("credential_process: for the users that are named, and with the service stopped for who may read the profile")
def process(site):
    guest, keys = site.guest, site.sandbox.keys
    demand(key_of(site) == keys["app-backup"], "app does not get the backup's key")
    demand(key_of(site, "other") is None, "other gets a key")
    guest.run("install -d -o app -g app -m 700 /home/app/.aws")
    guest.write("/home/app/.aws/credentials", site.sandbox.credentials_text, 0o600, "app")
    guest.write("/home/app/.aws/config", site.sandbox.config_text, 0o600, "app")
    # Its own files are those of the config then: /etc/credwatch/credentials is closed to it.
    site.configure(("    hook:", SERVE + "    hook:"), ("/etc/credwatch/credentials/aws", "/home/app/.aws/credentials"),
                   ("/etc/credwatch/credentials/config", "/home/app/.aws/config"))
    site.start()
    wait("it is served again", lambda: key_of(site) == keys["app-backup"])
    guest.systemctl("stop", UNIT)
    demand(key_of(site) == keys["app-backup"], "with the service stopped, app does not get the key that was used last")
    demand(key_of(site, "other") is None, "other gets a key")
    # A config that is refused keeps the service from starting, and takes nothing away either.
    good = site.config(("    hook:", SERVE + "    hook:"), ("/etc/credwatch/credentials/aws", "/home/app/.aws/credentials"))
    guest.write("/etc/credwatch/credwatch.yaml", good + "nonsense: 1\n")
    demand(guest.systemctl("start", UNIT, check=False).code != 0, "a config with nonsense was taken")
    demand(guest.exists("/run/credwatch/status.json"), "the last status is gone")
