"""An AWS whose keys can be deleted: moto, with its authentication on."""

import os
import re
import subprocess
import sys
import time

import boto3

from measure import BenchError

EVERYTHING = ('{"Version": "2012-10-17", "Statement": '
              '[{"Effect": "Allow", "Action": "*", "Resource": "*"}]}')


class Moto:
    """A server from entering to leaving a `with`; `keys` has the key of each user, as (id, secret)."""

    def __init__(self, folder, users):
        self.folder, self.users = folder, users
        self.keys = {}

    def __enter__(self):
        log = f"{self.folder}/moto.log"
        # Three calls make a user who may do everything; what comes after them has to be signed.
        env = {**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(3 * len(self.users)),
               "PYTHONUNBUFFERED": "1"}
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
        try:
            self.url = self.wait_for_url(log)
            self.keys = {user: self.create(user) for user in self.users}
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def wait_for_url(self, log):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            with open(log, errors="replace") as file:
                found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", file.read())
            if found:
                return found.group(1)
            time.sleep(0.1)
        raise BenchError("moto did not start")

    def iam(self, user=None):
        key = self.keys.get(user, ("setup", "setup"))
        return boto3.client("iam", endpoint_url=self.url, region_name="us-east-1",
                            aws_access_key_id=key[0], aws_secret_access_key=key[1])

    def create(self, user):
        iam = self.iam()
        iam.create_user(UserName=user)
        key = iam.create_access_key(UserName=user)["AccessKey"]
        iam.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=EVERYTHING)
        return key["AccessKeyId"], key["SecretAccessKey"]

    def delete_key(self, user, by):
        """Deletes the key of a user; returns when the answer was there, on the monotonic clock."""
        self.iam(by).delete_access_key(UserName=user, AccessKeyId=self.keys[user][0])
        return time.monotonic()
