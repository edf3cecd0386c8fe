"""Make what a step prints readable and bounded, as it comes."""

from __future__ import annotations

import codecs
import re

__all__ = ["LIMIT", "Readable"]

LIMIT = 64 * 1024

# CSI (colours, cursor), OSC and other strings (titles, links), and the short ones.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)|[ -/]*[0-~])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Readable:
    r"""One stream of one step: bytes in, text out, whole lines at a time.

    Bytes that are not UTF-8, and control characters, are written out (``\xff``), colour codes are left out, and of a
    line that was written over (a progress bar) the last state stays.

    Attributes:
        cut: Bytes beyond the limit, which were left out.

    Args:
        path: The step's file, which bash puts before its error messages; it reads ``bash``.
        limit: Bytes of text that are kept.
    """

    def __init__(self, path: str, limit: int = LIMIT) -> None:
        self.cut = 0
        self._path = path
        self._limit = limit
        self._left = limit
        self._line = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("backslashreplace").decode

    def feed(self, data: bytes) -> str:
        """Take what was read; return what can be shown now."""
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
        """What is left to show when the step is over: the line without an end."""
        text, self._line = self._line + self._decode(b"", final=True), ""
        return self._bounded(self._clean(text))

    def _clean(self, text: str) -> str:
        text = _ESCAPE.sub("", text)
        if "\r" in text:
            text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text).replace(self._path, "bash")

    def _bounded(self, text: str) -> str:
        data = text.encode()
        if len(data) <= self._left:
            self._left -= len(data)
            return text
        kept = data[: self._left].decode(errors="ignore")
        self.cut += len(data) - len(kept.encode())
        self._left = 0
        return kept
