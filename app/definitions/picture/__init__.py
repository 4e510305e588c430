"""A BPMN file as a picture (SVG), drawn on the server by the places that the file itself gives. No browser is asked.

`draw(data, file)` gives the bytes of the same picture for the same file on any machine.
"""

from app.definitions.picture.drawing import CANCELLED, DONE, HERE, draw
from app.definitions.picture.plan import NotDrawable

__all__ = ["CANCELLED", "DONE", "HERE", "NotDrawable", "draw"]
