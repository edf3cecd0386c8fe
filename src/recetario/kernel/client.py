"""The client side of the requests that this kernel adds to Jupyter's protocol.

A client that continues after a failed cell must execute it with ``stop_on_error=False`` (in nbclient:
``allow_errors``). Otherwise the kernel aborts the requests that follow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

from recetario.errors import RecetarioError

__all__ = ["close_bash", "name_step", "open_bash"]


async def open_bash(client: AsyncKernelClient, prefix: Sequence[str], outer: Path, inner: str, limit_s: float) -> None:
    """Run later cells in a new bash, on this machine or in a host; for the arguments see Bash.

    Raises:
        RecetarioError: The kernel could not start it.
    """
    content = {"prefix": list(prefix), "outer": str(outer), "inner": inner, "limit_s": limit_s}
    await _ask(client, "recetario_open_request", content)


async def close_bash(client: AsyncKernelClient) -> None:
    """End the bash that cells run in, and all that it started. Cells fail until another one is opened."""
    await _ask(client, "recetario_close_request", {})


def name_step(client: AsyncKernelClient, name: str) -> None:
    """Set the name of later cells in messages."""
    client.session.metadata = {"name": name}


async def _ask(client: AsyncKernelClient, kind: str, content: dict[str, Any]) -> None:
    request = client.session.msg(kind, content)
    client.shell_channel.send(request)
    while True:
        reply = await asyncio.wait_for(client.get_shell_msg(), 30)
        if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
            break
    if reply["content"]["status"] != "ok":
        raise RecetarioError(reply["content"]["evalue"])
