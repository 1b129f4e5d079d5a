"""The local STS that every candidate talks to: nginx with TLS, keep-alive and one fixed answer."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import time

from measure import BenchError

SYSTEM_FOLDER = "/etc/ssl/certs"
SYSTEM_BUNDLE = f"{SYSTEM_FOLDER}/ca-certificates.crt"

IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/bench</Arn>"
    "<UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account>"
    "</GetCallerIdentityResult><ResponseMetadata><RequestId>{request_id}</RequestId>"
    "</ResponseMetadata></GetCallerIdentityResponse>"
)

ROLE = (
    '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>'
    "<AssumedRoleUser><AssumedRoleId>AROACKCEVSQ6C2EXAMPLE:bench</AssumedRoleId>"
    "<Arn>arn:aws:sts::123456789012:assumed-role/bench/bench</Arn></AssumedRoleUser><Credentials>"
    "<AccessKeyId>ASIAY34FZKBOKMUTVV7A</AccessKeyId>"
    "<SecretAccessKey>u3Vx0Hq/8mJtYb2+LkWn5RzPc7QfDgEs1AiTo9Xy</SecretAccessKey>"
    "<SessionToken>FwoGZXIvYXdzEJrEaDHq2m0Yx8s3T4u5V6w7X8y9Z0a1B2c3D4e5F6g7H8</SessionToken>"
    "<Expiration>{expiration}</Expiration></Credentials></AssumeRoleResult><ResponseMetadata>"
    "<RequestId>$request_id</RequestId></ResponseMetadata></AssumeRoleResponse>"
)

CONFIG = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
{user}
events {{ worker_connections 4096; }}
http {{
    access_log off;
    log_format signer $http_authorization;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 100000000;
    keepalive_timeout 75s;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        default_type text/xml;
        location / {{
            add_header x-amzn-RequestId $request_id;
            return 200 '{answer}';
        }}
        # A request below this path that is signed with a long-term key asks for a role.
        location /roles {{
            access_log {folder}/roles.log signer;
            add_header x-amzn-RequestId $request_id;
            if ($http_authorization ~ "Credential=AKIA") {{ return 200 '{role}'; }}
            return 200 '{answer}';
        }}
    }}
    server {{
        listen 127.0.0.1:{status_port};
        keepalive_timeout 1d;
        location / {{ stub_status; }}
    }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"openssl {arguments[0]} failed: {done.stderr.strip()[-200:]}")


def make_certificates(folder):
    """Makes a CA, a certificate for 127.0.0.1, and a bundle of the system's CAs with ours added."""
    ca, key, request = f"{folder}/ca.pem", f"{folder}/server.key", f"{folder}/server.csr"
    subject = ["-subj", "/CN=credwatch benchmark CA"]
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject,
            "-keyout", f"{folder}/ca.key", "-out", ca)
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1",
            "-keyout", key, "-out", request)
    with open(f"{folder}/san.cnf", "w") as file:
        file.write("subjectAltName=IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\n")
    openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", f"{folder}/ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", f"{folder}/san.cnf",
            "-out", f"{folder}/server.pem")
    with open(f"{folder}/bundle.pem", "wb") as bundle:
        for source in (SYSTEM_BUNDLE, ca):
            if os.path.exists(source):
                with open(source, "rb") as file:
                    bundle.write(file.read())


def trust_by_system(folder):
    """Lays a copy of the system's certificates, ours among them, over the system's; for us alone.

    Returns whether that was possible.
    """
    if os.environ.get("CREDWATCH_BENCH_MOUNTS") != "own" or not os.path.exists(SYSTEM_BUNDLE):
        return False
    copy = f"{folder}/certs"
    shutil.copytree(SYSTEM_FOLDER, copy, symlinks=True)
    shutil.copy(f"{folder}/ca.pem", f"{copy}/credwatch-bench.pem")
    shutil.copy(f"{folder}/bundle.pem", f"{copy}/ca-certificates.crt")
    openssl("rehash", copy)
    done = subprocess.run(["mount", "--bind", copy, SYSTEM_FOLDER], capture_output=True)
    return done.returncode == 0


class TLSServer:
    """nginx in a folder of its own, from entering to leaving a `with`.

    `bundle` holds what a machine trusts and our CA: a process that starts pays for reading it, as
    it does in production. `ca` is our CA alone. `by_system` says that the system trusts our CA too,
    for those who are told of no bundle.
    """

    def __init__(self, folder):
        self.folder = folder
        self.port, self.status_port = free_port(), free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.bundle, self.ca = f"{folder}/bundle.pem", f"{folder}/ca.pem"

    def __enter__(self):
        make_certificates(self.folder)
        self.by_system = trust_by_system(self.folder)
        config = f"{self.folder}/nginx.conf"
        with open(config, "w") as file:
            file.write(CONFIG.format(
                folder=self.folder, port=self.port, status_port=self.status_port,
                user="user root;" if os.geteuid() == 0 else "",
                answer=IDENTITY.format(request_id="$request_id"),
                role=ROLE.format(expiration=time.strftime(
                    "%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 12 * 3600)))))
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen(
            [nginx, "-p", self.folder, "-c", config, "-e", f"{self.folder}/error.log"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.own_requests = 0
        self.connection = http.client.HTTPConnection("127.0.0.1", self.status_port, timeout=5)
        deadline = time.monotonic() + 5
        while True:
            try:
                self.requests()
                return self
            except OSError:
                self.connection.close()
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.__exit__()
                    raise BenchError(f"nginx did not start: {self.last_error()}") from None
                time.sleep(0.02)

    def __exit__(self, *_):
        self.connection.close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def last_error(self):
        try:
            with open(f"{self.folder}/error.log") as file:
                return file.read().strip()[-300:] or "no message"
        except OSError:
            return "no message"

    def role_requests(self):
        """How many requests below /roles asked for a role, and how many came with its session."""
        try:
            with open(f"{self.folder}/roles.log") as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            return 0, 0
        asking = sum("Credential=AKIA" in line for line in lines)
        return asking, len(lines) - asking

    def requests(self):
        """How many requests were answered so far, questions about this number not counted."""
        self.connection.request("GET", "/")
        text = self.connection.getresponse().read().decode()
        self.own_requests += 1
        return int(re.search(r"^ \d+ \d+ (\d+)", text, re.MULTILINE).group(1)) - self.own_requests
