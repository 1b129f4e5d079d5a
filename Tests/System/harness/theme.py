"""Runs one theme in its own process and network: a guest, its proofs, a line of JSON for each to the run."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import traceback

from .guest import Guest
from .proofs import Failure, Skipped, proofs_of
from .sandbox import Sandbox
from .site import Site


def load(path):
    """The module of a theme's file, and its name: 20_reload.py is `reload`."""
    stem = os.path.splitext(os.path.basename(path))[0]
    name = stem.partition("_")[2] or stem
    spec = importlib.util.spec_from_file_location("proofs_" + stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, name.replace("_", " ")


def run(path, image, folder, deb, program, keep):
    """Runs the proofs of a theme; what each gave is written to standard output as it comes."""
    module, _ = load(path)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    os.makedirs(folder, mode=0o755, exist_ok=True)
    results = os.fdopen(os.dup(1), "w")
    # What a proof prints goes where people read it, not into the report.
    os.dup2(2, 1)

    def report(**result):
        results.write(json.dumps(result) + "\n")
        results.flush()

    proofs = proofs_of(module)
    sandbox = None
    name = os.path.basename(folder)
    guest = Guest(image, folder, name)
    failed = False
    try:
        guest.boot()
        sandbox = Sandbox(program, os.path.join(folder, "sandbox"))
        site = Site(guest, sandbox, deb, program, os.path.join(folder, "scratch"))
        os.makedirs(site.scratch)
        # A theme about installing begins with nothing installed.
        if getattr(module, "PREPARED", True):
            site.prepare()
        for function in proofs:
            result = _attempt(function, site)
            failed = failed or not result["ok"]
            report(**result)
        if keep:
            print(
                f"# the guest is kept; look into it with: Tests/System/run --enter {name}\n"
                "# and end it with Ctrl-C", file=sys.stderr, flush=True)
            signal.pause()
    except Failure as failure:
        report(fatal=str(failure))
    finally:
        if sandbox:
            sandbox.stop()
        guest.stop()
    return 1 if failed else 0


def _attempt(function, site):
    site.notes.clear()
    begun = time.monotonic()
    result = {"ok": True, "skip": None}
    try:
        function(site)
    except Skipped as skipped:
        result["skip"] = str(skipped)
    except Failure as failure:
        result["ok"] = False
        site.note(failure)
        site.note("at " + _place(failure, function))
    except Exception:
        result["ok"] = False
        for line in traceback.format_exc().splitlines():
            site.note(line)
    if not result["ok"]:
        for line in site.words():
            site.note("  " + line)
    return {**result, "notes": list(site.notes), "seconds": time.monotonic() - begun}


def _place(failure, function):
    frames = traceback.extract_tb(failure.__traceback__)
    own = [frame for frame in frames if frame.filename == function.__code__.co_filename]
    return f"{os.path.basename(own[-1].filename)}:{own[-1].lineno}" if own else function.__name__
