"""credwatch under test: its config and AWS files, its start until READY=1, and its stop."""

import base64
import hashlib
import os
import socket
import subprocess
import threading
import time

from measure import BenchError


def key_id(index):
    """A made-up access key id; the fifth character says that it is of the modern layout."""
    text = base64.b32encode(hashlib.sha256(f"id {index}".encode()).digest()).decode()
    return "AKIA" + "R" + text[:15]


def secret_key(index):
    """A made-up secret access key of 40 characters."""
    return base64.b64encode(hashlib.sha256(f"secret {index}".encode()).digest()).decode()[:40]


def write_setup(folder, url, profiles=10, interval="5m", hook=None, listed=None, roles=""):
    """Writes credwatch.yaml and the AWS files for a number of profiles; returns the config's path.

    With a hook, an argument vector, the first two profiles make a failover group that needs one
    bad answer, and checks follow each other fast. `listed` is how many profiles stand in the
    credentials file, if not just those that are checked; `roles` is the rest of the AWS config.
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    os.makedirs(f"{folder}/state", mode=0o700, exist_ok=True)
    names = [f"bench-{index:05d}" for index in range(profiles)]
    with open(f"{folder}/credentials", "w") as file:
        for index in range(listed or profiles):
            file.write(f"[bench-{index:05d}]\naws_access_key_id = {key_id(index)}\n"
                       f"aws_secret_access_key = {secret_key(index)}\n\n")
    os.chmod(f"{folder}/credentials", 0o600)
    with open(f"{folder}/aws-config", "w") as file:
        file.write(f"[default]\nregion = us-east-1\n{roles}")
    for name in ("credentials", "aws-config"):
        # Just after a file changed a bad answer does not count yet.
        an_hour_ago = time.time() - 3600
        os.utime(f"{folder}/{name}", (an_hour_ago, an_hour_ago))
    pace = "fast_interval: 1s, timeout: 900ms" if hook else "fast_interval: 20s, timeout: 10s"
    lines = [f"defaults: {{interval: {interval}, {pace}, region: us-east-1}}", "profiles:"]
    lines += [f"  - name: {name}" for name in names]
    if hook:
        lines += ["failover:", "  - name: bench", f"    primary: {names[0]}",
                  f"    backups: [{names[1]}]", "    fall: 1", "    minimum_span: 0s",
                  f"    hook: {{command: [{', '.join(hook)}], timeout: 10s}}"]
    lines += [f"status: {{file: {folder}/status.json}}", f"state_directory: {folder}/state",
              f"control: {{socket: {folder}/control.sock}}", "max_in_flight: 16",
              f"aws: {{credentials_file: {folder}/credentials, config_file: {folder}/aws-config, "
              f"endpoint_url: \"{url}\"}}"]
    with open(f"{folder}/credwatch.yaml", "w") as file:
        file.write("\n".join(lines) + "\n")
    os.chmod(f"{folder}/credwatch.yaml", 0o644)
    return f"{folder}/credwatch.yaml"


def environment(bundle, **more):
    """A bare environment, so that nothing of the caller's reaches the candidates.

    `bundle` is the file of CAs to read; None leaves it to the system's.
    """
    more = {"AWS_CA_BUNDLE": bundle, **more} if bundle else more
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8",
            "AWS_EC2_METADATA_DISABLED": "true", **more}


class Daemon:
    """`credwatch run`, from entering to leaving a `with`; inside, it is ready.

    `ready_after` is the time from before the start to the arrival of READY=1, in seconds.
    """

    def __init__(self, binary, config, env):
        self.binary, self.config, self.env = binary, config, env
        self.folder = os.path.dirname(config)
        self.messages = []
        self.ready = threading.Event()
        self.ready_at = None

    def __enter__(self):
        path = f"{self.folder}/notify"
        if os.path.exists(path):
            os.unlink(path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        threading.Thread(target=self.listen, args=(self.socket,), daemon=True).start()
        with open(f"{self.folder}/daemon.log", "wb") as log:
            started = time.monotonic()
            self.process = subprocess.Popen(
                [self.binary, "run", "--config", self.config], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env={**self.env, "NOTIFY_SOCKET": path}, cwd="/")
        self.pid = self.process.pid
        try:
            self.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        self.ready_after = self.ready_at - started
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    def wait_until_ready(self):
        deadline = time.monotonic() + 60
        while not self.ready.wait(timeout=0.1):
            if self.process.poll() is not None:
                raise BenchError(f"credwatch ended with {self.process.returncode} before "
                                 f"READY=1: {self.last_line()}")
            if time.monotonic() > deadline:
                raise BenchError(f"no READY=1 within 60 s: {self.last_line()}")

    def listen(self, listener):
        # Drained for as long as it lives: a full queue would hold the daemon up.
        while True:
            try:
                message = listener.recv(65536)
            except OSError:
                return
            if not message:
                return
            now = time.monotonic()
            self.messages.append(message)
            if b"READY=1" in message.split(b"\n") and not self.ready.is_set():
                self.ready_at = now
                self.ready.set()

    def last_line(self):
        with open(f"{self.folder}/daemon.log", errors="replace") as file:
            lines = file.read().strip().splitlines()
        return lines[-1][:300] if lines else "it printed nothing"

    def signal(self, number):
        if self.process.poll() is not None:
            raise BenchError(f"credwatch ended with {self.process.returncode}: {self.last_line()}")
        self.process.send_signal(number)
