"""What the proofs are written with: a booted guest, a sandbox that plays AWS, and `proof`."""

from .guest import Guest
from .proofs import Failure, Skipped, demand, proof, skip, wait
from .sandbox import Moto, Sandbox
from .site import Site

__all__ = [
    "Failure", "Guest", "Moto", "Sandbox", "Site", "Skipped", "demand", "proof", "skip", "wait",
]
