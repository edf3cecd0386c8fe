"""Make the output of a step readable and limit its length, while it arrives."""

from __future__ import annotations

import codecs
import re

from recetario.errors import escaped

__all__ = ["LIMIT", "Readable"]

LIMIT = 64 * 1024

# ECMA-48: CSI (colours, cursor), OSC and other strings (titles, links), and two-character sequences.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)|[ -/]*[0-~])")


class Readable:
    r"""Converts one stream of one step from bytes to text, whole lines at a time.

    Bytes that are not UTF-8 and control characters are escaped (``\xff``), colour codes are removed, and only the last
    state is kept of a line that was overwritten (a progress bar).

    Attributes:
        cut: The number of bytes beyond the limit, which were left out.

    Args:
        path: The file of the step, which bash puts before error messages; it is replaced by ``bash``.
        limit: The number of bytes of text to keep.
    """

    def __init__(self, path: str, limit: int = LIMIT) -> None:
        self.cut = 0
        self._path = path
        self._limit = limit
        self._left = limit
        self._line = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("backslashreplace").decode

    def feed(self, data: bytes) -> str:
        """Add bytes; return the text that is complete now."""
        if not self._left:
            self.cut += len(data)
            return ""
        lines, end, self._line = (self._line + self._decode(data)).rpartition("\n")
        if len(self._line) > self._limit:
            self._line = self._line[self._line.rfind("\r", 0, -1) + 1 :]
        if len(self._line) > self._limit:
            lines, end, self._line = lines + end + self._line, "", ""
        return self._bounded(self._clean(lines + end))

    def end(self) -> str:
        """Return the rest of the text at the end of the step: a last line without a line end."""
        text, self._line = self._line + self._decode(b"", final=True), ""
        return self._bounded(self._clean(text))

    def _clean(self, text: str) -> str:
        text = _ESCAPE.sub("", text)
        if "\r" in text:
            text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
        return escaped(text).replace(self._path, "bash")

    def _bounded(self, text: str) -> str:
        data = text.encode()
        if len(data) <= self._left:
            self._left -= len(data)
            return text
        kept = data[: self._left].decode(errors="ignore")
        self.cut += len(data) - len(kept.encode())
        self._left = 0
        return kept
