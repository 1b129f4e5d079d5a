"""The candidates that credwatch is compared with: the C floor, boto3, the AWS CLI and curl."""

import json
import os
import shutil
import subprocess
import sys

from daemon import environment, key_id, secret_key
from measure import BenchError, run_process

HERE = os.path.dirname(os.path.abspath(__file__))
BODY = "Action=GetCallerIdentity&Version=2011-06-15"
CONTENT_TYPE = "application/x-www-form-urlencoded; charset=utf-8"
IN_FLIGHT = 16

BOTO3 = """
import json, sys, time
import boto3, botocore
url, count = sys.argv[1], int(sys.argv[2])
client = boto3.client("sts", endpoint_url=url, region_name="us-east-1")
for _ in range(20):
    client.get_caller_identity()
cpu, wall = time.process_time(), time.monotonic()
for _ in range(count):
    client.get_caller_identity()
print(json.dumps({"cpu_seconds": time.process_time() - cpu,
                  "wall_seconds": time.monotonic() - wall, "requests": count,
                  "boto3": boto3.__version__}))
"""


def compile_c(source, output, *flags):
    command = ["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-o", output, f"{HERE}/{source}"]
    done = subprocess.run([*command, *flags], capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"gcc could not build {source}: {done.stderr.strip()[-300:]}")
    return output


def last_line_of_json(arguments, env, limit):
    try:
        done = subprocess.run(
            arguments, env=env, capture_output=True, text=True, timeout=limit, cwd="/")
    except subprocess.TimeoutExpired:
        raise BenchError(f"{os.path.basename(arguments[0])} took over {limit} s") from None
    if done.returncode != 0:
        raise BenchError(f"{os.path.basename(arguments[0])} failed: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


class Candidates:
    """Everything that talks to one TLS server as credwatch does."""

    def __init__(self, folder, server):
        self.server = server
        self.env = environment(
            server.bundle, AWS_ACCESS_KEY_ID=key_id(0), AWS_SECRET_ACCESS_KEY=secret_key(0),
            AWS_REGION="us-east-1", AWS_DEFAULT_REGION="us-east-1",
            AWS_ENDPOINT_URL_STS=server.url, AWS_MAX_ATTEMPTS="1", AWS_PAGER="",
            AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
        self.headers = f"{folder}/headers"
        self.floor_binary = compile_c("floor.c", f"{folder}/floor", "-lcurl")
        self.curl = shutil.which("curl")
        # Beside this interpreter stands the CLI itself; in PATH there may be a wrapper of a version
        # manager, whose time is not the CLI's.
        beside = os.path.join(os.path.dirname(os.path.realpath(sys.executable)), "aws")
        self.aws = beside if os.access(beside, os.X_OK) else shutil.which("aws")
        self.sign()

    def sign(self):
        """Writes the headers of a request that botocore signed, one per line."""
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        request = AWSRequest(method="POST", url=f"{self.server.url}/", data=BODY,
                             headers={"Content-Type": CONTENT_TYPE})
        SigV4Auth(Credentials(key_id(0), secret_key(0)), "sts", "us-east-1").add_auth(request)
        with open(self.headers, "w") as file:
            for name, value in request.headers.items():
                file.write(f"{name}: {value}\n")

    def floor(self, requests):
        return last_line_of_json(
            [self.floor_binary, f"{self.server.url}/", self.server.bundle, self.headers,
             str(requests), str(IN_FLIGHT)], self.env, limit=120)

    def boto3(self, requests):
        return last_line_of_json(
            [sys.executable, "-c", BOTO3, self.server.url, str(requests)], self.env, limit=120)

    def aws_cli(self):
        """(wall, CPU) seconds of `aws sts get-caller-identity`."""
        return run_process([self.aws, "sts", "get-caller-identity", "--endpoint-url",
                            self.server.url, "--output", "json"], self.env)

    def curl_sigv4(self, bundle):
        """(wall, CPU) seconds of one signed request by the curl command; as for `environment`."""
        trust = ["--cacert", bundle] if bundle else []
        return run_process(
            [self.curl, "-q", "--silent", "--fail", "--output", os.devnull,
             *trust, "--aws-sigv4", "aws:amz:us-east-1:sts",
             "--user", f"{key_id(0)}:{secret_key(0)}",
             "--header", f"Content-Type: {CONTENT_TYPE}", "--data", BODY,
             f"{self.server.url}/"], self.env)
