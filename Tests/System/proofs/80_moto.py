"""The whole way with an AWS that is not the project's own: moto, driven by boto3."""

import os

from harness import Moto, demand, proof, skip, wait

UNIT = "credwatch.service"


@proof("with moto: a deleted key is refused, moves the group by one hook run, and a new key heals it")
def moto(site):
    if not Moto.available():
        skip("moto and boto3 are not installed")
    aws = Moto(os.path.join(site.scratch, "moto"))
    try:
        site.give_credentials(aws.credentials(), "")
        site.configure((site.sandbox.url, aws.url), ("timeout: 2s", "timeout: 5s"))
        site.start()
        arn = site.guest.profile("app")["identity"]["arn"]
        demand(arn.endswith(":user/app"), f"the identity is {arn}")
        aws.call("app-backup", "iam", "delete_access_key", UserName="app", AccessKeyId=aws.keys["app"])
        site.wait_state("app", "failing")
        site.wait_group("failed_over")
        demand([(line["event"], line["to"], line["attempt"]) for line in site.hooks()]
               == [("failover", "app-backup", "1")], f"hooks: {site.hooks()}")
        site.note(site.guest.profile("app")["summary"])
        aws.renew("app", by="app-backup")
        site.give_credentials(aws.credentials())
        site.wait_state("app", "healthy")
        wait("the recovery is told", lambda: site.guest.journal("CREDWATCH_EVENT=primary_recovered"))
        site.guest.run(["credwatch", "failback", "app"])
        site.wait_group("ready")
        demand([line["event"] for line in site.hooks()] == ["failover", "recovered", "failback"], f"{site.hooks()}")
        demand(site.sandbox.calls == 0, "the sandbox was asked")
    finally:
        aws.stop()
