"""Files that people hand in: what they are, by their content; their names; the virus scanner. Pure but for the last."""

from app.files.errors import FileRefused, ScannerAway
from app.files.examining import Examined, examine
from app.files.kinds import KINDS, FileKind, in_words, size_in_words
from app.files.names import disposition, tidy
from app.files.scanning import Scanner, scanner
from app.files.spool import Spool

__all__ = [
    "KINDS",
    "Examined",
    "FileKind",
    "FileRefused",
    "Scanner",
    "ScannerAway",
    "Spool",
    "disposition",
    "examine",
    "in_words",
    "scanner",
    "size_in_words",
    "tidy",
]
