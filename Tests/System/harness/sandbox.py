"""What plays AWS: the project's own sandbox, and moto as an independent one; both on the run's loopback."""

import configparser
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from .proofs import Failure


class Sandbox:
    """A running credwatch-sandbox with its users, and the orders that it takes."""

    def __init__(self, program, folder, users=("app", "app-backup"), port=0):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        ready = os.path.join(folder, "ready")
        log = open(os.path.join(folder, "log"), "ab")
        if os.path.exists(ready):
            os.unlink(ready)
        self.process = subprocess.Popen(
            [program, "serve", "--port", str(port), "--write-files", os.path.join(folder, "aws"), "--ready-file", ready,
             *(word for user in users for word in ("--user", user))],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_end_with_parent)
        end = time.monotonic() + 20
        while not (os.path.exists(ready) and "SANDBOX_PID" in open(ready).read()):
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failure("the sandbox does not start: " + open(log.name, errors="replace").read()[-500:])
            time.sleep(0.02)
        values = dict(line.strip().split("=", 1) for line in open(ready) if "=" in line)
        self.url = values["SANDBOX_URL"].strip("'")
        self._token = values["SANDBOX_TOKEN"].strip("'")
        self.credentials_text = open(os.path.join(folder, "aws", "credentials")).read()
        self.config_text = open(os.path.join(folder, "aws", "config")).read()
        files = configparser.RawConfigParser()
        files.read_string(self.credentials_text)
        self.keys = {name: files[name]["aws_access_key_id"] for name in files.sections()}
        # What must appear nowhere; keys that are made later are added.
        self.secrets = {name: files[name]["aws_secret_access_key"] for name in files.sections()}

    def order(self, verb, **arguments):
        """Gives an order (`deactivate`, user=…; `fault`, throttle="on"), and returns the answer."""
        query = urllib.parse.urlencode(arguments)
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{verb}?{query}", data=b"", method="POST",
            headers={"Authorization": "Bearer " + self._token})
        return self._answer(request)

    def state(self):
        """What the sandbox knows: users, keys, calls, without secrets."""
        return self._answer(urllib.request.Request(
            self.url + "/_sandbox/state", headers={"Authorization": "Bearer " + self._token}))

    @staticmethod
    def _answer(request):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Failure(f"the sandbox refuses {request.full_url}: {error.read().decode(errors='replace')}") from None

    @property
    def calls(self):
        """How many calls were answered."""
        return self.state()["calls"]

    def deactivate(self, user):
        """Makes the keys of a user inactive."""
        self.order("deactivate", user=user)

    def activate(self, user):
        """Makes them active again."""
        self.order("activate", user=user)

    def delete(self, user):
        """Deletes the keys of a user."""
        self.order("delete", user=user)

    def create_key(self, user):
        """Makes another key for a user: its id and its secret."""
        answer = self.order("create-key", user=user)
        self.secrets[answer["access_key_id"]] = answer["secret_access_key"]
        return answer["access_key_id"], answer["secret_access_key"]

    def fault(self, **switches):
        """Sets faults, like throttle="on" or latency="200ms"."""
        self.order("fault", **switches)

    def stop(self):
        """Ends it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Moto:
    """moto's server with authentication on, driven by boto3: an AWS that is not the project's own."""

    _SETUP = """
import boto3, json, sys
users = sys.argv[2:]
iam = boto3.client('iam', endpoint_url=sys.argv[1], region_name='us-east-1',
                   aws_access_key_id='setup', aws_secret_access_key='setup')
for user in users:
    iam.create_user(UserName=user)
    key = iam.create_access_key(UserName=user)['AccessKey']
    iam.put_user_policy(UserName=user, PolicyName='all', PolicyDocument=json.dumps({'Version': '2012-10-17',
        'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))
    print(user, key['AccessKeyId'], key['SecretAccessKey'])
"""
    _CALL = """
import boto3, json, sys
client = boto3.client(sys.argv[2], endpoint_url=sys.argv[1], region_name='us-east-1',
                      aws_access_key_id=sys.argv[3], aws_secret_access_key=sys.argv[4])
print(json.dumps(getattr(client, sys.argv[5])(**json.loads(sys.argv[6])), default=str))
"""

    def __init__(self, folder, users=("app", "app-backup")):
        os.makedirs(folder, exist_ok=True)
        log = os.path.join(folder, "log")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            stdin=subprocess.DEVNULL, stdout=open(log, "wb"), stderr=subprocess.STDOUT, preexec_fn=_end_with_parent,
            env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(3 * len(users)), "PYTHONUNBUFFERED": "1"})
        end = time.monotonic() + 60
        found = None
        while not found:
            found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", open(log, errors="replace").read())
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failure("moto does not start: " + open(log, errors="replace").read()[-500:])
            time.sleep(0.05)
        self.url = found[1]
        self.keys, self.secrets = {}, {}
        for line in self._python(self._SETUP, *users).splitlines():
            user, self.keys[user], self.secrets[user] = line.split()

    def call(self, user, service, operation, **arguments):
        """Makes a call by boto3 with the key of a user, and returns the answer."""
        return json.loads(self._python(
            self._CALL, service, self.keys[user], self.secrets[user], operation, json.dumps(arguments)))

    def renew(self, user, by):
        """Makes another key for a user, with the key of somebody else."""
        key = self.call(by, "iam", "create_access_key", UserName=user)["AccessKey"]
        self.keys[user], self.secrets[user] = key["AccessKeyId"], key["SecretAccessKey"]

    def credentials(self):
        """The text of a credentials file with a profile for each user."""
        return "".join(
            f"[{user}]\naws_access_key_id = {key}\naws_secret_access_key = {self.secrets[user]}\n"
            for user, key in self.keys.items())

    @staticmethod
    def available():
        """Whether moto and boto3 are installed on the host."""
        return subprocess.run(
            [sys.executable, "-c", "import moto.server, boto3"], capture_output=True).returncode == 0

    def _python(self, program, *arguments):
        outcome = subprocess.run(
            [sys.executable, "-c", program, self.url, *arguments], capture_output=True, text=True, timeout=60)
        if outcome.returncode:
            raise Failure("boto3: " + outcome.stderr.strip()[-500:])
        return outcome.stdout

    def stop(self):
        """Ends it."""
        self.process.kill()
        self.process.wait()


def _end_with_parent():
    # PR_SET_PDEATHSIG: no server outlives its theme.
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
