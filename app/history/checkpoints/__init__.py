"""A log of all entries outside of the database, signed at intervals: what was written before a checkpoint cannot be
altered unseen, by whoever owns the database either (XX-3)."""

from app.history.checkpoints.checking import LogFault
from app.history.checkpoints.folder import LogBusy, NoLog
from app.history.checkpoints.leaves import CASE, LOOK, Leaf
from app.history.checkpoints.log import Log, LogAltered, said_in
from app.history.checkpoints.notes import BadKey, BadNote, Checkpoint, Key, PublicKey, kept_key, known_key, opened
from app.history.checkpoints.proving import Included, Proof, Proofs, Vouching, proof_for, proofs_of

__all__ = [
    "CASE",
    "LOOK",
    "BadKey",
    "BadNote",
    "Checkpoint",
    "Included",
    "Key",
    "Leaf",
    "Log",
    "LogAltered",
    "LogBusy",
    "LogFault",
    "NoLog",
    "Proof",
    "Proofs",
    "PublicKey",
    "Vouching",
    "kept_key",
    "known_key",
    "opened",
    "proof_for",
    "proofs_of",
    "said_in",
]
