"""What dpkg does: install, upgrade, changed conffiles, remove, purge."""

import os
import shutil
import subprocess

from harness import Failure, demand, proof, wait

UNIT = "credwatch.service"
PREPARED = False
CONFIG = "/etc/credwatch/credwatch.yaml"


def older(site, version, conffile=None):
    """A package as a previous version would have been: the built one with another version and conffile."""
    tree = os.path.join(site.scratch, version)
    deb = os.path.join(site.scratch, f"credwatch_{version}_amd64.deb")
    subprocess.run(["dpkg-deb", "--raw-extract", site.deb, tree], check=True, capture_output=True)
    control = os.path.join(tree, "DEBIAN/control")
    with open(control) as file:
        lines = [f"Version: {version}\n" if line.startswith("Version:") else line for line in file]
    with open(control, "w") as file:
        file.writelines(lines)
    if conffile:
        with open(tree + CONFIG, "a") as file:
            file.write(conffile)
    outcome = subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "--build", tree, deb], capture_output=True,
                             text=True)
    if outcome.returncode:
        raise Failure(outcome.stderr)
    shutil.rmtree(tree)
    return deb


@proof("a fresh install runs, checks nothing and says so; the first config comes into force by a reload")
def fresh(site):
    guest = site.guest
    guest.install(site.deb)
    demand(guest.show(UNIT, "ActiveState") == "active", "the service does not run after the install")
    demand(guest.show(UNIT, "StatusText") == "no profile is configured", guest.show(UNIT, "StatusText"))
    demand(guest.status()["profiles"] == [], "there are profiles")
    lines = [line for line in guest.read(CONFIG).splitlines() if line.strip() and not line.lstrip().startswith("#")]
    demand(not lines, f"the default config sets {lines}")
    for path, mode, owner in (("/etc/credwatch", "755", "root"), (CONFIG, "644", "root"),
                              ("/etc/credwatch/credentials", "750", "root"), ("/run/credwatch", "755", "credwatch"),
                              ("/var/lib/credwatch", "700", "credwatch"), ("/usr/bin/credwatch", "755", "root")):
        seen = guest.run(["stat", "-c", "%a %U", path]).stdout.strip()
        demand(seen == f"{mode} {owner}", f"{path} is {seen}, not {mode} {owner}")
    pid = guest.main_pid()
    site.give_credentials(site.sandbox.credentials_text, site.sandbox.config_text)
    guest.write("/usr/local/lib/credwatch/switch", "#!/bin/sh\nexit 0\n", mode=0o755)
    site.configure()
    guest.systemctl("reload", UNIT)
    wait("both credentials are healthy", lambda: guest.status()["overall"] == "healthy")
    demand(guest.main_pid() == pid, "it is another process")


@proof("manual pages, completions, schemas and examples are there, and every path in a manual page is real")
def documents(site):
    guest = site.guest
    for page in ("credwatch.1", "credwatch.yaml.5", "credwatch-hook.7"):
        demand(guest.run(["man", "-w", page.rpartition(".")[0]]).stdout.strip(), f"man does not find {page}")
    files = guest.run(["dpkg", "-L", "credwatch"]).stdout.splitlines()
    for part in ("bash-completion/completions/credwatch", "zsh/vendor-completions/_credwatch",
                 "fish/vendor_completions.d/credwatch.fish", "credwatch/status.schema.json",
                 "examples/systemd/credwatch-hook@.service", "examples/systemd/50-credwatch-hook.rules"):
        demand(any(path.endswith(part) for path in files), f"no file ends with {part}")
    text = guest.run("for p in credwatch credwatch.yaml credwatch-hook; do zcat -f $(man -w $p); done").stdout
    words = {word.strip(",.;)(") for line in text.splitlines() if line.startswith(".Pa /usr/") for word in line.split()[1:]}
    missing = [word for word in words if word.startswith("/usr/share/") and not guest.exists(word)]
    demand(not missing, f"manual pages name what is not there: {missing}")
    demand(guest.run(["debsums", "-s", "credwatch"], check=False).code in (0, 127), "files differ from the package")


@proof("an upgrade keeps a changed config, health and failover, and runs no hook")
def upgrade(site):
    guest = site.guest
    guest.run(["dpkg", "--purge", "credwatch"])
    guest.run("rm -rf /etc/credwatch")
    new, site.deb = site.deb, older(site, "0.0.9")
    try:
        site.prepare()
    finally:
        site.deb = new
    site.start()
    site.sandbox.deactivate("app")
    site.wait_group("failed_over")
    site.wait_state("app", "failing")
    # What the backup finds out about the key comes a moment after AWS's answer, before the upgrade and after it.
    wait("the cause is found", lambda: guest.profile("app")["cause"] == "key_inactive")
    profile, group, pid, config = guest.profile("app"), guest.group(), guest.main_pid(), guest.read(CONFIG)
    hooks = site.hooks()
    guest.install(new)
    demand(guest.run(["dpkg-query", "-W", "-f", "${Version}", "credwatch"]).stdout != "0.0.9", "it is the old version")
    demand(guest.show(UNIT, "ActiveState") == "active", "the service does not run after the upgrade")
    demand(guest.main_pid() != pid, "the old process still runs")
    demand(guest.read(CONFIG) == config, "the config is another one")
    started = guest.status()["daemon"]["started_at"]
    wait("the new process has checked app", lambda: (guest.profile("app")["last_attempt_at"] or "") >= started
         and guest.profile("app")["cause"] == "key_inactive")
    after, same = guest.profile("app"), guest.group()
    for key in ("state", "since", "cause", "failing_since", "last_success_at"):
        demand(after[key] == profile[key], f"{key} was {profile[key]}, and is {after[key]}")
    for key in ("state", "active", "incident"):
        demand(same[key] == group[key], f"{key} of the group was {group[key]}, and is {same[key]}")
    calls = site.sandbox.calls
    wait("checks go on", lambda: site.sandbox.calls >= calls + 6)
    demand(site.hooks() == hooks and len(hooks) == 1, f"hooks: {site.hooks()}")


@proof("an upgrade with another default config keeps the changed one, and lays the new one beside it")
def conffile(site):
    guest = site.guest
    config = guest.read(CONFIG)
    later = older(site, "0.99.0", "\n# a new option\n")
    outcome = guest.install(later, options=["--force-confdef", "--force-confold"])
    demand(guest.read(CONFIG) == config, f"the config is another one: {outcome.text}")
    demand("# a new option" in guest.read(CONFIG + ".dpkg-dist"), "the new default is not beside it")
    demand(guest.show(UNIT, "ActiveState") == "active", "the service does not run")
    demand(guest.group()["state"] == "failed_over", f"the group is {guest.group()}")
    demand(len(site.hooks()) == 1, f"hooks: {site.hooks()}")


@proof("a service that was disabled stays disabled over an upgrade")
def disabled(site):
    guest = site.guest
    guest.systemctl("disable", "--now", UNIT)
    guest.install(older(site, "0.99.1"), options=["--force-confdef", "--force-confold"])
    state = guest.systemctl("is-enabled", UNIT, check=False).stdout.strip()
    demand(state == "disabled", f"it is {state}")
    demand(guest.show(UNIT, "ActiveState") == "inactive", "it runs")
    guest.systemctl("enable", "--now", UNIT)


@proof("remove stops the service, and keeps config and state")
def remove(site):
    guest = site.guest
    guest.run(["dpkg", "--remove", "credwatch"])
    demand(not guest.run(["pgrep", "-x", "credwatch"], check=False).stdout, "it still runs")
    for path in ("/usr/bin/credwatch", "/lib/systemd/system/credwatch.service", "/run/credwatch"):
        demand(not guest.exists(path), f"{path} is left")
    for path in (CONFIG, "/var/lib/credwatch/state.json", "/etc/credwatch/credentials/aws"):
        demand(guest.exists(path), f"{path} is gone")
    # Installed again, everything is as before.
    guest.install(site.deb, options=["--force-confdef", "--force-confold"])
    wait("the failover is remembered", lambda: guest.group()["state"] == "failed_over")
    demand(len(site.hooks()) == 1, f"hooks: {site.hooks()}")


@proof("purge leaves the administrator's own files and the locked user, and nothing else")
def purge(site):
    guest = site.guest
    listed = guest.run(["dpkg", "-L", "credwatch"]).stdout.splitlines()
    guest.run(["dpkg", "--purge", "credwatch"])
    for path in (CONFIG, CONFIG + ".dpkg-dist", "/var/lib/credwatch", "/run/credwatch", "/usr/share/doc/credwatch",
                 "/usr/share/credwatch"):
        demand(not guest.exists(path), f"{path} is left")
    left = [path for path in listed
            if "credwatch" in path and path != "/etc/credwatch" and guest.exists(path)]
    demand(not left, f"left: {left}")
    demand(guest.exists("/etc/credwatch/credentials/aws"), "the administrator's keys were deleted")
    found = guest.run(
        "find / -xdev -name '*credwatch*' -not -path '/proc/*' -not -path '/sys/*' -not -path '/root/*' "
        "-not -path '/run/systemd/*'").stdout.split()
    own = {"/etc/credwatch", "/etc/systemd/system/credwatch.service.d", "/usr/local/lib/credwatch"}
    others = [path for path in found if path not in own]
    demand(not others, f"left: {others}")
    user = guest.run(["getent", "passwd", "credwatch"], check=False).stdout.strip()
    demand(user.endswith("nologin"), f"the user is '{user}'")
    guest.run("rm -rf /etc/credwatch")
    guest.install(site.deb)
    demand(guest.show(UNIT, "ActiveState") == "active", "it cannot be installed again")
    guest.run(["dpkg", "--purge", "credwatch"])
    demand(not guest.exists("/etc/credwatch"), "/etc/credwatch is left although it was the package's alone")
