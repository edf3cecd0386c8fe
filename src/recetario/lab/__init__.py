"""The lab: disposable machines with the Podman of each environment."""

from recetario.lab.commands import build, clean, shell, versions
from recetario.lab.hosts import EXCHANGE, Host
from recetario.lab.known import settled
from recetario.lab.runs import Run

__all__ = ["EXCHANGE", "Host", "Run", "build", "clean", "settled", "shell", "versions"]
