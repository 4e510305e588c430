"""The page of a pack that people read first. It names no day: the same history gives the same page."""

from __future__ import annotations

from app.cases.audit.packing.gathering import Gathered

_TEXT = """Case {reference}: {process}, version {version}

This is what an auditor of the provider may know of one case, with what proves it. Of what people entered it holds only
what everybody in the case may know.

  history.csv    {entries} entries as a table: who, when, at which step, by which rule
  history.json   the same for programs, each entry as it was written
  diagrams       the process as it was deployed (.bpmn) and drawn (.svg), marked with where the case has been
  definitions    every file of every version that the case ran on
  rules.json     the rules that the entries cite, and the employer's policy
  proofs         a signed checkpoint of all entries of all cases, and for each entry a proof that it is in it
  pack.json      what this is, who made it and when, SHA-256 of every file

Check it

  Get verify.py from Waymark (app/verify.py), not from whoever gave you the pack, and the key of the checkpoints from
  the provider, who gets it by `waymark history key`. Then, on any machine:

      python verify.py {reference}.zip --key KEY

What it proves

  {checkpoint}
  That entries are numbered without a gap, that the text of an entry that is here whole was not changed, and on which
  files the case ran.

What it does not prove

  That what people entered was true, or that the clock was right.
  What an entry says that is withheld ({withheld}), and what is shown of one that is here in part ({part}): of these
  the pack proves that they are there, by number and hash.
  Names of people, the words of the rules and the drawings: these are what Waymark said when the pack was made.
  Anything after the checkpoint but that it follows from what came before.
"""
_BARE = """
Keep it as you would keep the case

  {bare} of the entries that are withheld or in part were written before Waymark salted entries. Whoever has this pack,
  and tries long enough, can find out what they say.
"""
_SIGNED = """That entries 1 to {last} were there when the provider's key signed the checkpoint, and are the same
  today, if you check with a key that you have from the provider and not from the pack."""
_UNSIGNED = """There is no checkpoint in this pack. Whoever made it, or owned the database, could have written all of
  it anew.{trouble}"""


def readme(found: Gathered) -> str:
    return _text(found) + (_BARE.format(bare=found.bare) if found.bare else "")


def _text(found: Gathered) -> str:
    last = found.signed.last
    why = "\n  The provider's log of checkpoints could not be used when it was made." if found.signed.trouble else ""
    return _TEXT.format(
        reference=found.head.reference,
        process=found.head.process,
        version=found.head.version,
        entries=len(found.told),
        withheld=sum(one.withheld for one in found.told),
        part=sum(not one.withheld and one.body is None for one in found.told),
        checkpoint=_SIGNED.format(last=last) if last else _UNSIGNED.format(trouble=why),
    )
