"""Many clients at once: processes with connections of their own, let go at the same moment."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Callable, Sequence
from typing import Any

from app.cases import Waymark
from app.settings import Settings
from tests.chaos.crashing import settings_of_child

Client = Callable[[Waymark, int, Callable[[], None]], Any]


def crowd(settings: Settings, clients: int, rounds: int, act: Client) -> list[list[Any]]:
    """Fork `clients` processes; each runs `act(waymark, number, meet)`, where `meet()` waits for all others.

    Returns what each gave. The child's exceptions are its answer: what a command refuses is a result here.
    """
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(clients)
    pipes = [os.pipe() for _ in range(clients)]
    pids = []
    for number, (read_end, write_end) in enumerate(pipes):
        pid = os.fork()
        if pid == 0:
            _client(settings, act, number, rounds, lambda: barrier.wait(60), write_end)
        os.close(write_end)
        pids.append(pid)
        del read_end
    answers = []
    for pid, (read_end, _) in zip(pids, pipes, strict=True):
        with os.fdopen(read_end, "rb") as pipe:
            told = pipe.read()
        assert os.waitpid(pid, 0)[1] == 0
        assert told, "a client ended without a word"
        answers.append(pickle.loads(told))  # noqa: S301 -- written by our own child
    return answers


def _client(settings: Settings, act: Client, number: int, rounds: int, meet: Callable[[], None], pipe: int) -> None:
    """Never returns."""
    status = 1
    try:
        waymark = Waymark.open(settings_of_child(settings))
        answers: list[Any] = []
        for turn in range(rounds):
            try:
                answers.append(act(waymark, turn, meet))
            except Exception as error:
                answers.append(error)
        view = memoryview(pickle.dumps(answers))
        while view:
            view = view[os.write(pipe, view) :]
        status = 0
    finally:
        os._exit(status)


def successes(answers: Sequence[Any]) -> list[Any]:
    return [answer for answer in answers if not isinstance(answer, BaseException)]
