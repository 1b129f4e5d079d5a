"""The machine that a theme finds: the package installed, an AWS of its own, a config with a failover group."""

from .proofs import Failure, demand, wait
from .sandbox import Sandbox

CONFIG = "/etc/credwatch/credwatch.yaml"
UNIT = "credwatch.service"

BASE_CONFIG = """\
defaults: {{interval: 2s, fast_interval: 1s, timeout: 2s, region: us-east-1}}
profiles:
  - name: app
  - name: app-backup
failover:
  - name: app
    primary: app
    backups: [app-backup]
    fall: 2
    rise: 2
    minimum_span: 1s
    hook: {{command: [/usr/local/lib/credwatch/switch], timeout: 10s}}
aws:
  credentials_file: /etc/credwatch/credentials/aws
  config_file: /etc/credwatch/credentials/config
  endpoint_url: "{url}"
"""

HOOK = """\
#!/bin/sh
# One write for a line, so that two never mix.
printf '%s\\n' "$CREDWATCH_EVENT $CREDWATCH_GROUP $CREDWATCH_FROM $CREDWATCH_TO $CREDWATCH_CAUSE $CREDWATCH_INCIDENT $CREDWATCH_ATTEMPT" >>/srv/app/hooks
"""

# The hook writes where an application reads; the service may write only where it is told.
HOOK_PLACE = """\
[Service]
ReadWritePaths=/srv/app
"""


class Site:
    """What a proof is given. The service is not started yet: `start()` does that.

    `guest` is the booted Debian, `sandbox` plays AWS for it, `deb` is the package on the host, `scratch` a folder of
    the host that goes away with the theme. Attributes that a proof adds are there for the ones after it.
    """

    def __init__(self, guest, sandbox, deb, program, scratch):
        self.guest = guest
        self.sandbox = sandbox
        self.deb = deb
        self.sandbox_program = program
        self.scratch = scratch
        self.notes = []

    def note(self, text):
        """Says something in the report, below the proof."""
        self.notes.append(str(text))

    def prepare(self):
        """Installs the package, and writes AWS files, hook and config."""
        self.guest.install(self.deb)
        # It was started without a config, as Debian does.
        self.guest.systemctl("stop", UNIT)
        self.give_credentials(self.sandbox.credentials_text, self.sandbox.config_text)
        self.guest.run("install -d -o credwatch -g credwatch /srv/app")
        self.guest.write("/usr/local/lib/credwatch/switch", HOOK, mode=0o755)
        self.drop_in("hook", HOOK_PLACE)
        self.configure()

    def give_credentials(self, credentials, config=None):
        """Writes the AWS files that the config names, for credwatch alone."""
        self.guest.write("/etc/credwatch/credentials/aws", credentials, 0o640, "root:credwatch")
        if config is not None:
            self.guest.write("/etc/credwatch/credentials/config", config, 0o640, "root:credwatch")

    def config(self, *changes, extra=""):
        """The text of the config; each change is a pair of what stands there and what shall."""
        text = BASE_CONFIG.format(url=self.sandbox.url)
        for old, new in changes:
            if old not in text:
                raise Failure(f"the config of the tests has no '{old}'")
            text = text.replace(old, new)
        return text + extra

    def configure(self, *changes, extra=""):
        """Writes the config; the running service does not know yet."""
        self.guest.write(CONFIG, self.config(*changes, extra=extra))

    def drop_in(self, name, text, unit=UNIT):
        """Writes a drop-in of the service; None removes it."""
        path = f"/etc/systemd/system/{unit}.d/{name}.conf"
        if text is None:
            self.guest.run(["rm", "-f", path])
        else:
            self.guest.write(path, text)
        self.guest.systemctl("daemon-reload")

    def start(self):
        """Starts the service, and waits until both credentials are healthy."""
        self.guest.systemctl("reset-failed", UNIT, check=False)
        self.guest.systemctl("restart", UNIT)
        wait("both credentials are healthy", lambda: self.guest.status()["overall"] == "healthy")

    def reload(self):
        """Reloads it, and demands that it worked."""
        self.guest.systemctl("reload", UNIT)

    def wait_state(self, profile, state, within=15):
        """Waits for the state of a profile."""
        wait(f"{profile} is {state}", lambda: self.guest.profile(profile)["state"] == state, within)

    def wait_group(self, state, within=30):
        """Waits for the state of the failover group."""
        wait(f"the group is {state}", lambda: self.guest.group()["state"] == state, within)

    def hooks(self):
        """What the hook was run for, oldest first."""
        names = ("event", "group", "from", "to", "cause", "incident", "attempt")
        if not self.guest.exists("/srv/app/hooks"):
            return []
        lines = [line.split(" ") for line in self.guest.read("/srv/app/hooks").splitlines()]
        demand(all(len(line) == len(names) for line in lines), f"the hooks' lines are not whole: {lines}")
        return [dict(zip(names, line)) for line in lines]

    def words(self):
        """The service's last lines in the journal, for the report of a failure."""
        try:
            return self.guest.run(
                ["journalctl", "-u", UNIT, "-n", "12", "--no-pager", "-o", "short-precise"], check=False, timeout=20
            ).stdout.splitlines()
        except Failure as failure:
            return [str(failure)]
