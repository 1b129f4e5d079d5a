"""The root file system that all guests share: made once, kept for the week, never written to by a guest."""

import contextlib
import datetime
import fcntl
import glob
import hashlib
import os
import shutil
import subprocess
import tempfile

# Beside what the .deb depends on: a system with users, a bus, polkit and user services, and tools to look at it.
BASE = """
systemd systemd-sysv dbus dbus-user-session libpam-systemd libnss-systemd polkitd passwd login util-linux procps
iproute2 man-db python3 ca-certificates libcurl4 libssl3 libsystemd0 libyaml-0-2
""".split()

KEPT = 4  # images on the disk at most
DOWNLOADS = 1 << 30  # bytes of packages kept for the next image
RECIPE = "3"  # a change of how the image is made

# Services of packages do not start by themselves: a theme starts what it needs.
QUIET = """
set -eu
rm -rf "$1"/etc/systemd/system/*.wants "$1"/etc/systemd/system/*.requires "$1"/etc/rc?.d/S*
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer man-db.timer \\
    systemd-networkd.service systemd-timesyncd.service; do
    ln -sf /dev/null "$1/etc/systemd/system/$unit"
done
# The package under test is unpacked as on any other system, its manual pages too.
rm -f "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$1/usr/sbin/policy-rc.d" "$1/var/lib/man-db/auto-update"
echo guest >"$1/etc/hostname"
printf '127.0.0.1 localhost guest\\n::1 localhost\\n' >"$1/etc/hosts"
: >"$1/etc/machine-id"
"""


class NoImage(Exception):
    """Why there is no image; `unreachable` when the machine or its package sources are to blame."""

    def __init__(self, reason, unreachable):
        super().__init__(reason)
        self.unreachable = unreachable


def folder():
    """Where images are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or "/var/cache"
    return os.environ.get("CREDWATCH_SYSTEM_TEST_CACHE") or os.path.join(base, "credwatch-system-test")


def suite():
    """The host's own Debian: the package was built with its libraries."""
    with open("/etc/os-release") as file:
        lines = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    return lines.get("VERSION_CODENAME", "").strip('"')


def sources():
    """The machine's own package sources, deb822 files or the one-line list."""
    files = sorted(glob.glob("/etc/apt/sources.list.d/*.sources")) + ["/etc/apt/sources.list"]
    return [path for path in files if os.path.exists(path) and "debian" in open(path).read()]


@contextlib.contextmanager
def _locked(path, how):
    with open(path, "a") as file:
        fcntl.flock(file, how)
        yield


def ensure(packages, say):
    """Returns the root file system with these packages beside the base, made if it is not there; raises NoImage."""
    wanted = sorted(set(BASE) | set(packages))
    places = sources()
    if not places:
        raise NoImage("this machine has no Debian package source", True)
    week = "%d-%02d" % tuple(datetime.date.today().isocalendar())[:2]
    text = "\n".join([RECIPE, QUIET, suite(), week, *wanted] + [open(path).read() for path in places])
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    cache = folder()
    os.makedirs(cache, mode=0o700, exist_ok=True)
    image = os.path.join(cache, f"{suite()}-{key}")
    with _locked(os.path.join(cache, "lock"), fcntl.LOCK_EX):
        if not os.path.isdir(image):
            say(f"making the guests' file system of {len(wanted)} packages; it is kept in {image}")
            _make(image, wanted, places)
        os.utime(image)
        _remove_old(cache, image)
    return image


def _make(image, packages, places):
    # Cut short, it leaves a folder with another name, which the next one removes.
    for rest in glob.glob(os.path.join(os.path.dirname(image), "new-*")):
        shutil.rmtree(rest, ignore_errors=True)
    new = tempfile.mkdtemp(prefix="new-", dir=os.path.dirname(image))
    # apt's own user has to reach what it downloads.
    os.chmod(new, 0o755)
    # Packages that another image had are not fetched again.
    downloads = os.path.join(os.path.dirname(image), "packages")
    if sum(entry.stat().st_size for entry in _entries(downloads)) > DOWNLOADS:
        shutil.rmtree(downloads)
    os.makedirs(downloads, exist_ok=True)
    archives = '"$1/var/cache/apt/archives/"'
    command = [
        "mmdebstrap", "--quiet", "--mode=root", "--variant=apt", "--format=directory",
        "--include=" + ",".join(packages),
        "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/locale/*",
        '--aptopt=Acquire::Languages "none"', "--aptopt=Acquire::Retries 3",
        "--skip=download/empty", "--skip=essential/unlink",
        f"--setup-hook=mkdir -p {archives} && find {downloads} -name '*.deb' -exec cp -t {archives} {{}} +",
        f"--customize-hook=find {archives} -name '*.deb' -exec cp -u -t {downloads} {{}} +",
        "--customize-hook=" + QUIET, suite(), os.path.join(new, "root"), *places,
    ]
    # Its mounts end with it, whatever happens.
    outcome = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", *command], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    if outcome.returncode:
        shutil.rmtree(new, ignore_errors=True)
        lines = [line for line in outcome.stderr.splitlines() if line.strip()]
        # What the machine lacks, or may not do; anything else is a fault of ours.
        lacking = ("Could not resolve", "Could not connect", "Failed to fetch", "Temporary failure",
                   "Connection failed", "Unable to connect", "Operation not permitted", "Permission denied",
                   "No space left on device")
        raise NoImage(
            "mmdebstrap failed: " + " | ".join(lines[-6:]),
            any(word in outcome.stderr for word in lacking))
    os.chmod(os.path.join(new, "root"), 0o755)
    os.rename(os.path.join(new, "root"), image)
    os.rmdir(new)


def _entries(folder):
    return list(os.scandir(folder)) if os.path.isdir(folder) else []


def _remove_old(cache, image):
    old = sorted(
        (path for path in glob.glob(os.path.join(cache, suite() + "-*"))
         if os.path.isdir(path) and path != image),
        key=os.path.getmtime)
    for path in old[: max(0, len(old) - (KEPT - 1))]:
        # A run that still boots from it holds its lock.
        with open(path + ".lock", "a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            shutil.rmtree(path, ignore_errors=True)
            os.unlink(path + ".lock")


def hold(image):
    """Keeps an image from being removed while the returned file is open."""
    file = open(image + ".lock", "a")
    fcntl.flock(file, fcntl.LOCK_SH)
    return file
