"""Files in posts: how much may come in, where it waits, and what becomes of it before the form itself is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, g, request
from werkzeug.datastructures import FileStorage, MultiDict

from app import files
from app.cases.commands import Target, Upload
from app.definitions.zipped import LARGEST
from app.errors import InvalidAnswers
from app.files.posts import UploadRequest
from app.forms import Field, Form, messages
from app.web.doors import doors
from app.web.security import current_session, session

#: what is behind the path of a file picker in the name of its input
MARK = "[file]"
#: pages whose posts may hold files
TAKING = frozenset({"web.task", "web.start_form"})
#: a page whose posts hold one bundle of a process
BUNDLES = frozenset({"web.workshop_import"})
#: bytes around it
AROUND = 64 * 1024
#: a post may be so many times what a case may hold: what is too much in it is told at its field, beside what was typed
ROOM = 4
PIECE = 64 * 1024


def install(app: Flask) -> None:
    app.request_class = UploadRequest
    app.before_request(make_room)


def make_room() -> None:
    """Before anything of the post is read."""
    if request.method == "POST" and request.endpoint in TAKING and request.mimetype == "multipart/form-data":
        request.max_content_length = ROOM * doors().w.settings.largest_case
        g.largest_file = doors().w.settings.largest_file if current_session() is not None else 0
    if request.method == "POST" and request.endpoint in BUNDLES and current_session() is not None:
        request.max_content_length = LARGEST + AROUND
        g.largest_file = LARGEST


def drain() -> None:
    """Read what is left of a post that is refused: a browser shows an answer only when it has sent everything."""
    left = 2 * ROOM * doors().w.settings.largest_case
    while left > 0 and (piece := request.environ["wsgi.input"].read(PIECE)):
        left -= len(piece)


def chosen() -> Iterator[tuple[str, FileStorage]]:
    """(concrete path, file) for each file that somebody chose."""
    for name, file in request.files.items(multi=True):
        if file.filename and name.endswith(MARK):
            yield name.removesuffix(MARK), file


def take_in(
    form: Form, target: Target, answers: Mapping[str, Any], post: MultiDict[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers with what was chosen, and a sentence for each picker of which a file could not be taken."""
    found, refused = dict(answers), dict[str, str]()
    for at, file in chosen():
        picker = form.pickers.get(without_rows(at))
        if picker is None:
            continue
        try:
            _require_place(form, found, at, picker)
            found = form.with_file(found, at, _taken(target, picker, file, post.get("_key", "")[:64]))
        except InvalidAnswers as error:
            said = " ".join([refused[at] + "."] if at in refused else [])
            refused[at] = f"{said} {error.messages[picker.path]}".strip()
    return found, refused


def _taken(target: Target, picker: Field, file: FileStorage, page_key: str) -> str:
    """The id under which it is kept now."""
    mine = session()
    spool: Any = file.stream
    given = Upload(picker.path, file.filename or "", spool, page_key)
    with spool:
        return str(doors().commands.upload(doors().w, mine.actor, target, given, mine.now).id)


def _require_place(form: Form, answers: Mapping[str, Any], at: str, picker: Field) -> None:
    most = most_files(picker)
    if len(form.to_post(answers).get(at, ())) >= most:
        raise InvalidAnswers({picker.path: messages.file_count(picker, picker.limits.min_files, most)})


def most_files(picker: Field) -> int:
    return picker.limits.max_files or doors().w.settings.files_a_field


def without_rows(at: str) -> str:
    return ".".join(part for part in at.split(".") if not part.isdigit())


def in_words(picker: Field, most: int) -> str:
    """What may be chosen: “PDF or Word, up to 10 MB. Up to 5 files.”"""
    largest = files.size_in_words(doors().w.settings.largest_file)
    return f"{files.in_words(picker.accept)}, up to {largest}{' each' if most > 1 else ''}. " + (
        f"Up to {most} files." if most > 1 else "One file."
    )
