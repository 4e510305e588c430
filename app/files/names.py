"""What a file may be called: a name that is safe to show, to save and to send in a header."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

#: characters, with the extension; many file systems stop at 255 bytes
LONGEST = 100
LONGEST_EXTENSION = 10
#: control characters, what changes the direction of writing or is not seen, surrogates, private use, line separators
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FORBIDDEN = re.compile(r'[<>:"|?*]')
#: names that are devices on Windows, whatever follows the dot
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)


def tidy(given: str) -> str:
    """The name without path, without what is not seen, short, usable on every system. Never empty.

    What changes the direction of writing goes first, so that the end that is checked is the end that people read.
    """
    text = unicodedata.normalize("NFC", given[-2000:])
    text = "".join(one for one in text if unicodedata.category(one) not in _UNSEEN)
    text = re.split(r"[/\\]", text)[-1]
    text = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", text)).strip(" .")
    text = _shortened(text)
    return f"_{text}" if _RESERVED.match(text) else text or "file"


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    end = extension(text)
    return text[: LONGEST - len(end)].rstrip(" .") + end


def extension(name: str) -> str:
    """The end with its dot, in small letters; "" when there is none."""
    stem, dot, end = name.rpartition(".")
    return f".{end.lower()}" if dot and stem and len(end) <= LONGEST_EXTENSION else ""


def disposition(name: str) -> str:
    """Content-Disposition of a file that is saved and never shown: the plain name for who knows no other (RFC 6266)."""
    return f"attachment; filename=\"{plain(name)}\"; filename*=UTF-8''{quote(name, safe='')}"


def plain(name: str) -> str:
    """The name in ASCII, for readers of headers who know no other letters (RFC 6266, 4.3)."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9 ._()-]", "_", text).strip() or "file"
