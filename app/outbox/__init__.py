"""Messages to people: rows in the transaction that causes them, sent afterwards, with no health data in them."""

from app.outbox.put import Message, for_person, mark_read, put
from app.outbox.send import AddressBook, Addressee, Sent, send_due, words
from app.outbox.templates import RESET, BadTemplates, Template, check, keys, load

__all__ = [
    "RESET",
    "AddressBook",
    "Addressee",
    "BadTemplates",
    "Message",
    "Sent",
    "Template",
    "check",
    "for_person",
    "keys",
    "load",
    "mark_read",
    "put",
    "send_due",
    "words",
]
