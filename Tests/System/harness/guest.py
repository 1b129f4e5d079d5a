"""A Debian guest with systemd as its first process, in systemd-nspawn over an overlay that is thrown away."""

import dataclasses
import json
import os
import shlex
import signal
import subprocess
import time

from .proofs import Failure

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
    "TERM": "dumb", "SYSTEMD_PAGER": "cat", "PAGER": "cat", "SYSTEMD_COLORS": "0", "DEBIAN_FRONTEND": "noninteractive",
}


@dataclasses.dataclass
class Outcome:
    """How a program in the guest ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def text(self):
        """Both outputs, for a report."""
        return (self.stdout + self.stderr).strip()


def own_cgroups():
    """The groups that this process is in, in the hierarchies that systemd uses."""
    places = []
    with open("/proc/self/cgroup") as file:
        for line in file:
            _, controllers, path = line.rstrip("\n").split(":", 2)
            roots = {"": ("/sys/fs/cgroup/unified", "/sys/fs/cgroup"), "name=systemd": ("/sys/fs/cgroup/systemd",)}
            for root in roots.get(controllers, ()):
                if os.path.exists(os.path.join(root, "cgroup.procs")):
                    places.append(root + path.rstrip("/"))
                    break
    return places


class Guest:
    """A guest; its mounts and processes live in the namespaces of the run, and end with it."""

    def __init__(self, image, folder, name):
        self.name = name
        self.folder = folder
        self.root = os.path.join(folder, "root")
        self.leader = None
        for part in ("space", "root"):
            os.makedirs(os.path.join(folder, part))
        space = os.path.join(folder, "space")
        _mount("-t", "tmpfs", "-o", "size=3g,mode=755", "guest", space)
        upper, work = os.path.join(space, "upper"), os.path.join(space, "work")
        os.mkdir(upper, 0o755)
        os.mkdir(work)
        _mount("-t", "overlay", "-o", f"lowerdir={image},upperdir={upper},workdir={work}", "guest", self.root)

    def boot(self, within=40):
        """Boots, and returns when the system is up; raises Failure with the console's words."""
        groups = [os.path.join(place, self.name) for place in own_cgroups()]
        console = open(os.path.join(self.folder, "console.log"), "wb")

        def into_group():
            # A group for each guest, so that two systemds do not meet in one.
            for group in groups:
                os.makedirs(group, exist_ok=True)
                with open(os.path.join(group, "cgroup.procs"), "w") as file:
                    file.write("0")

        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--directory=" + self.root, "--machine=" + self.name, "--register=no",
             "--keep-unit", "--link-journal=no", "--timezone=off", "--resolv-conf=off", "--console=pipe",
             "--uuid=" + os.urandom(16).hex(), "--boot"],
            stdin=subprocess.DEVNULL, stdout=console, stderr=console, preexec_fn=into_group, start_new_session=True,
            env={**os.environ, "SYSTEMD_NSPAWN_LOCK": "0", "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})
        end = time.monotonic() + within
        state = ""
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            self.leader = self.leader or self._find_leader()
            if self.leader:
                state = self.run(["systemctl", "is-system-running"], check=False).stdout.strip()
                if state in ("running", "degraded"):
                    return
            time.sleep(0.05)
        with open(os.path.join(self.folder, "console.log"), errors="replace") as file:
            lines = [line.strip() for line in file if line.strip()]
        raise Failure(f"the guest does not come up within {within} s (state '{state}'): " + " | ".join(lines[-8:]))

    def _find_leader(self):
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
                for child in file.read().split():
                    with open(f"/proc/{child}/comm") as comm:
                        if comm.read().strip() == "systemd":
                            return int(child)
        except OSError:
            pass
        return None

    def stop(self):
        """Ends it at once: nothing in it is wanted any more."""
        if self.leader:
            os.kill(self.leader, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    # Programs

    def start(self, argv, user=None, env=None, **options):
        """Starts a program in the guest, and returns its Popen; `options` are Popen's."""
        if isinstance(argv, str):
            argv = ["sh", "-c", argv]
        if user:
            argv = ["runuser", "-u", user, "--", *argv]
        variables = [f"{key}={value}" for key, value in {**ENVIRONMENT, **(env or {})}.items()]
        return subprocess.Popen(
            ["nsenter", "--target", str(self.leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup",
             "--root", "--wd", "/usr/bin/env", "-i", *variables, *map(str, argv)], **options)

    def run(self, argv, check=True, user=None, input=None, timeout=60, env=None):
        """Runs a program in the guest (a string is given to sh), as root or as `user`, and returns its Outcome.

        With `check` an exit code other than 0 is a Failure.
        """
        shown = argv if isinstance(argv, str) else shlex.join(map(str, argv))
        process = self.start(
            argv, user, env, stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
        try:
            stdout, stderr = process.communicate(input, timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failure(f"in the guest: {shown}: not done within {timeout} s") from None
        outcome = Outcome(process.returncode, stdout, stderr)
        if check and outcome.code:
            raise Failure(f"in the guest: {shown}: exit code {outcome.code}: {outcome.text[-2000:]}")
        return outcome

    def systemctl(self, *words, check=True, timeout=90):
        """Runs systemctl."""
        return self.run(["systemctl", *words], check=check, timeout=timeout)

    def show(self, unit, prop):
        """The value of a unit's property."""
        return self.systemctl("show", "--value", "-P", prop, unit).stdout.strip()

    def install(self, *debs, options=(), check=True):
        """Installs packages that are files of the host, by dpkg."""
        inside = []
        for deb in debs:
            path = "/root/" + os.path.basename(deb)
            with open(deb, "rb") as file:
                self.write(path, file.read())
            inside.append(path)
        return self.run(["dpkg", *options, "--install", *inside], timeout=180, check=check)

    # Files

    def write(self, path, content, mode=0o644, owner="root"):
        """Writes a file, whole, with its directories; `owner` is `user` or `user:group`."""
        user, _, group = owner.partition(":")
        data = content if isinstance(content, bytes) else content.encode()
        process = self.start(
            ["install", "-D", "-m", f"{mode:o}", "-o", user, "-g", group or user, "/dev/stdin", path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        _, errors = process.communicate(data, 60)
        if process.returncode:
            raise Failure(f"cannot write {path} in the guest: {errors.decode(errors='replace').strip()}")

    def read(self, path):
        """The text of a file."""
        return self.run(["cat", path]).stdout

    def exists(self, path):
        """Whether there is something at a path, a broken link included."""
        return self.run(["test", "-e", path, "-o", "-L", path], check=False).code == 0

    def json(self, path):
        """The JSON of a file."""
        return json.loads(self.read(path))

    # credwatch

    def status(self, path="/run/credwatch/status.json"):
        """The status file."""
        return self.json(path)

    def profile(self, name):
        """A profile in the status file."""
        return next(item for item in self.status()["profiles"] if item["name"] == name)

    def group(self, name="app"):
        """A group in the status file."""
        return next(item for item in self.status()["groups"] if item["name"] == name)

    def journal(self, *matches):
        """Journal entries, oldest first, as journalctl's JSON has them; all that was logged before is in it."""
        self.run(["journalctl", "--sync"], check=False)
        text = self.run(["journalctl", "-o", "json", "--all", "--no-pager", *matches]).stdout
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def main_pid(self, unit="credwatch.service"):
        """The process id of a unit, as the guest sees it; 0 when it does not run."""
        return int(self.show(unit, "MainPID"))


def _mount(*words):
    outcome = subprocess.run(["mount", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if outcome.returncode:
        raise Failure(f"mount {' '.join(words)}: {outcome.stderr.strip()}")


def leader_of(name):
    """The first process of a running guest, seen from the host; for --enter."""
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/comm") as comm, open(f"/proc/{entry}/cgroup") as cgroup:
                with open(f"/proc/{entry}/stat") as stat:
                    parent = stat.read().rsplit(")", 1)[1].split()[1]
                if comm.read().strip() != "systemd" or f"/{name}" not in cgroup.read():
                    continue
            with open(f"/proc/{parent}/comm") as above:
                if above.read().strip() == "systemd-nspawn":
                    return int(entry)
        except OSError:
            continue
    return None
