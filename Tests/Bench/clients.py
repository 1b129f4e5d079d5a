"""What an application sees of a failover, for each way in which it may get the group's credential."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple

from aws import Moto
from daemon import Daemon, environment
from measure import BenchError, median, percentile, run_process
from report import milli

HERE = os.path.dirname(os.path.realpath(__file__))
INTERVAL, FAST, FALL, SPAN = 1, 1, 3, 2
# A first bad answer comes within the interval, the last that is needed when both rules are met;
# the grid of the checks is moved by up to 5 % of an interval either way.
RULED = INTERVAL * 1.05 + max(SPAN, (FALL - 1) * FAST) * 1.05
TOKEN = "a-token-made-up-for-the-benchmark"

Way = namedtuple("Way", "name title restarts served")
WAYS = [
    Way("file", "a credentials file, and a restart", True, False),
    Way("environment", "an environment file, and a restart", True, False),
    Way("process", "`credential_process`", False, True),
    Way("container", "the container endpoint", False, True),
]
Call = namedtuple("Call", "at good what")


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Setup:
    """The files of one run: the daemon's config and sources, and what the application is given."""

    def __init__(self, bench, folder, way, moto):
        self.bench, self.folder, self.way, self.moto = bench, folder, way, moto
        self.port = free_port()
        os.makedirs(f"{folder}/state", mode=0o700)
        os.makedirs(f"{folder}/app", mode=0o700)
        self.write("credentials", "".join(
            f"[{name}]\naws_access_key_id = {moto.keys[name][0]}\n"
            f"aws_secret_access_key = {moto.keys[name][1]}\n" for name in ("main", "backup")))
        self.write("aws-config", "[default]\nregion = us-east-1\n")
        key, secret = moto.keys["main"]
        self.write("app/credentials", f"# the application's own\n[app]\naws_access_key_id = {key}\n"
                                      f"aws_secret_access_key = {secret}\n")
        self.write("app/environment", f"AWS_ACCESS_KEY_ID={key}\nAWS_SECRET_ACCESS_KEY={secret}\n")
        self.write("app/process", f"[profile app]\ncredential_process = {bench.binary} credentials "
                                  f"--config {folder}/credwatch.yaml --group app\n")
        self.write("token", TOKEN)
        # Just after a file changed a bad answer does not count yet.
        an_hour_ago = time.time() - 3600
        for name in ("credentials", "aws-config"):
            os.utime(f"{folder}/{name}", (an_hour_ago, an_hour_ago))
        self.config = self.write("credwatch.yaml", self.yaml())

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(path, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(text)
        return path

    def yaml(self):
        folder = self.folder
        special = {
            "file": [f"    switch: {{credentials_file: {folder}/app/credentials, profile: app}}",
                     f"    hook: {{command: [{self.restart_hook()}], timeout: 5s}}"],
            "environment": [f"    switch: {{environment_file: {folder}/app/environment}}",
                            f"    hook: {{command: [{self.restart_hook()}], timeout: 5s}}"],
            "process": ["    serve: {users: []}"],
            "container": [f"    serve: {{listen: 127.0.0.1:{self.port}, token_file: {folder}/token}}"],
        }[self.way.name]
        return "\n".join([
            f"defaults: {{interval: {INTERVAL}s, fast_interval: {FAST}s, timeout: 900ms, region: us-east-1}}",
            "profiles: [{name: main}, {name: backup}]", "failover:", "  - name: app",
            "    primary: main", "    backups: [backup]", f"    fall: {FALL}",
            f"    minimum_span: {SPAN}s", *special,
            f"status: {{file: {folder}/status.json}}", f"state_directory: {folder}/state",
            f"control: {{socket: {folder}/control.sock}}",
            f"aws: {{credentials_file: {folder}/credentials, config_file: {folder}/aws-config, "
            f"endpoint_url: \"{self.moto.url}\"}}"]) + "\n"

    def restart_hook(self):
        """A program that does what a restart of the service does: it ends the application."""
        path = self.write("restart", f"#!/bin/sh\nkill -TERM \"$(cat {self.folder}/app/pid)\"\n")
        os.chmod(path, 0o700)
        return path

    def environment(self):
        """What the application has in its environment, read anew as at each start of a service."""
        base = {"PATH": os.environ["PATH"], "HOME": f"{self.folder}/app", "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": self.moto.url, "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/dev/null"}
        if self.way.name == "file":
            return {**base, "AWS_PROFILE": "app",
                    "AWS_SHARED_CREDENTIALS_FILE": f"{self.folder}/app/credentials"}
        if self.way.name == "environment":
            with open(f"{self.folder}/app/environment") as file:
                return {**base, **dict(line.strip().split("=", 1) for line in file if "=" in line)}
        if self.way.name == "process":
            return {**base, "AWS_PROFILE": "app", "AWS_CONFIG_FILE": f"{self.folder}/app/process"}
        return {**base,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{self.port}/groups/app",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{self.folder}/token"}


class Application:
    """A client that is started again whenever it ends, as a service manager does it."""

    def __init__(self, setup):
        self.setup, self.calls = setup, []
        self.is_over = False
        self.thread = threading.Thread(target=self.supervise, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.end()
        self.thread.join(timeout=20)

    def wait_for(self, what, condition, limit):
        """The first call that fits."""
        deadline, seen = time.monotonic() + limit, 0
        while time.monotonic() < deadline:
            for call in self.calls[seen:]:
                seen += 1
                if condition(call):
                    return call
            time.sleep(0.005)
        last = self.calls[-1].what if self.calls else "it made no call"
        raise BenchError(f"{what} within {limit} s: {last}")


class Boto(Application):
    """A long-running process with boto3."""

    def supervise(self):
        while not self.is_over:
            self.process = subprocess.Popen(
                [sys.executable, f"{HERE}/client.py"], env=self.setup.environment(), text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.setup.write("app/pid", str(self.process.pid))
            for line in self.process.stdout:
                at, word, what = line.split(None, 2)
                self.calls.append(Call(float(at), word == "ok", what.strip()))
            self.process.wait()

    def end(self):
        self.process.terminate()


class CommandLine(Application):
    """The AWS CLI in a loop; each call is a process of its own, so a restart has nothing to do."""

    def supervise(self):
        # The hook wants something to end.
        self.sleeper = subprocess.Popen(["sleep", "600"])
        self.setup.write("app/pid", str(self.sleeper.pid))
        while not self.is_over:
            done = subprocess.run(
                ["aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text"],
                env={**self.setup.environment(), "AWS_MAX_ATTEMPTS": "1"}, capture_output=True,
                text=True, stdin=subprocess.DEVNULL)
            code = re.search(r"\((\w+)\)", done.stderr)
            what = done.stdout.strip() or (code.group(1) if code else done.stderr.strip()[-200:])
            self.calls.append(Call(time.monotonic(), done.returncode == 0, what))
            time.sleep(0.05)

    def end(self):
        self.sleeper.terminate()
        self.sleeper.wait()


def wait_for_line(daemon, pattern, limit):
    """When the daemon's log had a line, on the monotonic clock."""
    deadline = time.monotonic() + limit
    with open(f"{daemon.folder}/daemon.log", errors="replace") as log:
        text = ""
        while time.monotonic() < deadline:
            text += log.read()
            if re.search(pattern, text):
                return time.monotonic()
            time.sleep(0.002)
    raise BenchError(f"no failover within {limit} s: {daemon.last_line()}")


def run_once(bench, way, client, number):
    folder = f"{bench.folder}/clients-{way.name}-{client.__name__}-{number}"
    os.mkdir(folder, mode=0o700)
    with Moto(folder, ["main", "backup", "admin"]) as moto:
        setup = Setup(bench, folder, way, moto)
        with Daemon(bench.binary, setup.config, environment(None)) as daemon, client(setup) as app:
            app.wait_for("no good call of the client", lambda call: call.good, 30)
            time.sleep(2 * INTERVAL)
            deleted = moto.delete_key("main", "admin")
            decided = wait_for_line(daemon, r"moves from main to backup", 30)
            good = app.wait_for(
                "no good call with the backup",
                lambda call: call.good and call.what.endswith("user/backup"), 30)
            failed = [call for call in app.calls if not call.good and deleted < call.at < good.at]
            odd = {call.what for call in app.calls if not call.good} - {"InvalidClientTokenId"}
            # It stays with the backup.
            after = good.at
            app.wait_for("no further call", lambda call: call.at > after + 1, 30)
            late = [call for call in app.calls if call.at > after and not call.good]
    return {"decided": decided - deleted, "good": good.at - decided, "failed": len(failed),
            "odd": sorted(odd), "late": len(late)}


def measure_handout(bench):
    """From the start of `credwatch credentials --group` to its end, beside a start that does nothing."""
    folder = f"{bench.folder}/handout"
    os.mkdir(folder, mode=0o700)
    with Moto(folder, ["main", "backup", "admin"]) as moto:
        setup = Setup(bench, folder, next(way for way in WAYS if way.name == "process"), moto)
        ask = [bench.binary, "credentials", "--config", setup.config, "--group", "app"]
        bare = [bench.binary, "--version"]
        with Daemon(bench.binary, setup.config, environment(None)) as daemon:
            # What follows is of a daemon that has proven the credential.
            wait_for_line(daemon, r"main is healthy", 30)
            asked, started = [], []
            # In turn, so that what else the machine does meets both.
            for _ in range(50 if bench.quick else 200):
                asked.append(run_process(ask, environment(None))[0])
                started.append(run_process(bare, environment(None))[0])
    bench.report.figures["handout"] = {"credentials": asked, "version": started}
    bench.report.add(
        "`credwatch credentials --group`, start to end",
        f"{milli(median(asked))}, p99 {milli(percentile(asked, 0.99))}",
        f"`credwatch --version`: {milli(median(started))}",
        f"{median(asked) / median(started):.2f} ×", "within 20 ms", median(asked) <= 0.02)


def measure_clients(bench):
    """For each way of consuming and each client: deletion to decision to the first good call."""
    rounds = 1 if bench.quick else 3
    figures = bench.report.figures["clients"] = {}
    for way in WAYS:
        for client, title in ((Boto, "boto3"), (CommandLine, "the AWS CLI")):
            bench.say(f"{title}, {way.title}")
            try:
                runs = [run_once(bench, way, client, number) for number in range(rounds)]
            except BenchError as problem:
                bench.report.miss(f"{title} with {way.title}", str(problem))
                continue
            figures[f"{way.name}-{title}"] = runs
            row(bench, way, client, title, runs)


def row(bench, way, client, title, runs):
    worst = {name: max(run[name] for run in runs) for name in ("decided", "good", "failed", "late")}
    odd = sorted({what for run in runs for what in run["odd"]})
    limit = 0.1 if way.served else 2.0
    # What the client takes by itself. A process that starts for each call shows the switch with its next start
    # only; botocore pauses for a second when an endpoint refuses it.
    own, said = 0, ""
    if client is CommandLine:
        own, said = 3, "a start of the CLI and "
    elif way.name == "container":
        own, said = 1, "botocore's pause of 1 s and "
    bench.report.add(
        f"{title} every 50 ms with {way.title}: the key is deleted",
        f"decided after {worst['decided']:.2f} s, first good call {milli(worst['good'])} later, "
        f"{worst['failed']} failed calls between" + (f"; also {', '.join(odd)}" if odd else ""),
        f"worst of {len(runs)}",
        target=f"decided within {RULED + 1:.2f} s; good within {said}{limit:g} s",
        met=worst["decided"] <= RULED + 1 and worst["good"] <= limit + own
        and not worst["late"])
