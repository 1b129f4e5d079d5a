"""The service starts as systemd expects it, and says what it does."""

from harness import demand, proof

UNIT = "credwatch.service"


@proof("READY comes when the status file is there")
def ready(site):
    demand(not site.guest.exists("/run/credwatch/status.json"), "there was a status file before")
    site.guest.systemctl("start", UNIT)
    # Looked at by the very next command: systemctl returns with READY=1.
    status = site.guest.status()
    demand(status["schema"] == "credwatch-status/1", f"no status: {status}")
    demand(site.guest.show(UNIT, "ActiveState") == "active", "the service is not active")


@proof("systemd-analyze verify has nothing to say")
def verify(site):
    outcome = site.guest.run(["systemd-analyze", "verify", UNIT])
    demand(not outcome.text, outcome.text)
