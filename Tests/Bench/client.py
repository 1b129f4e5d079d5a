"""An application: a signed call every 50 ms with what boto3 finds by itself; a line for each call.

The line is `TIME ok ARN` or `TIME failed CODE`, the time being that of the monotonic clock at the answer.
"""

import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError


def main():
    sts = boto3.client("sts", config=Config(
        retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5))
    while True:
        try:
            line = "ok " + sts.get_caller_identity()["Arn"]
        except ClientError as problem:
            line = "failed " + problem.response["Error"]["Code"]
        except BotoCoreError as problem:
            line = "failed " + type(problem).__name__
        sys.stdout.write(f"{time.monotonic():.4f} {line}\n")
        sys.stdout.flush()
        time.sleep(0.05)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        pass
