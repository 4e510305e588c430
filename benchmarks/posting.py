"""The same completion as a person does it: a form posted to the web server."""

from __future__ import annotations

import http.client
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

from app.cases import Waymark, demo
from loop import TURNS, Turn, new_case, open_task
from places import HOST

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
#: forms answered in a case before the next one begins: a page shows what was answered before
CASE_LASTS = 20
_FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: str


@dataclass
class Browser:
    """One person's browser: a new connection for each request, as sync workers close it."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body, headers["Content-Type"] = urlencode(fields), _FORM
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read().decode())
        connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def log_in(self, username: str) -> None:
        token = dict(_HIDDEN.findall(self.send("GET", "/login").body))["_csrf"]
        entered = {"_csrf": token, "username": username, "password": demo.PASSWORD}
        answer = self.send("POST", "/login", entered)
        if answer.status != 303:
            raise RuntimeError(f"logging in as {username}: {answer.status}")


@dataclass
class Timed:
    """Milliseconds of each request."""

    posts: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)


class Client:
    """Works on cases of its own with two browsers, the manager's and occupational health's."""

    def __init__(self, waymark: Waymark, port: int, turns: int) -> None:
        self.waymark = waymark
        self.browsers = {turn.who: Browser(port) for turn in TURNS}
        for who, browser in self.browsers.items():
            browser.log_in(who)
        self.cases = [new_case(waymark) for _ in range(0, turns, CASE_LASTS)]
        self.csrf = {who: self._csrf(browser) for who, browser in self.browsers.items()}
        self.played = 0

    @staticmethod
    def _csrf(browser: Browser) -> str:
        return str(dict(_HIDDEN.findall(browser.send("GET", "/inbox").body))["_csrf"])

    def _next(self) -> tuple[Turn, str]:
        """The turn and the address of its task."""
        task_id = open_task(self.waymark, self.cases[self.played // CASE_LASTS])
        return TURNS[self.played % len(TURNS)], f"/tasks/{task_id}"

    def look(self) -> float:
        """Open the page of the task; milliseconds."""
        turn, path = self._next()
        begun = time.perf_counter()
        page = self.browsers[turn.who].send("GET", path)
        took = time.perf_counter() - begun
        if page.status != 200:
            raise RuntimeError(f"the page of {turn.element}: {page.status}")
        return took * 1000

    def post(self) -> float:
        """Send the form, without following to the next page; milliseconds."""
        turn, path = self._next()
        fields = turn.posted(self.csrf[turn.who])
        begun = time.perf_counter()
        answer = self.browsers[turn.who].send("POST", path, fields)
        took = time.perf_counter() - begun
        if answer.status != 303:
            raise RuntimeError(f"the form of {turn.element}: {answer.status}")
        self.played += 1
        return took * 1000


def one_by_one(waymark: Waymark, port: int, n: int, warm_up: int) -> Timed:
    """A single client: page and post in turn."""
    client, timed = Client(waymark, port, n + warm_up), Timed()
    for number in range(n + warm_up):
        page, post = client.look(), client.post()
        if number >= warm_up:
            timed.pages.append(page)
            timed.posts.append(post)
    return timed


def posts_a_second(waymark: Waymark, port: int, n: int, clients: int) -> float:
    """All clients at once, each posting one form after the other."""
    each = max(1, n // clients)
    workers = [Client(waymark, port, each) for _ in range(clients)]

    def run(worker: Client) -> None:
        for _ in range(each):
            worker.post()

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(run, workers))
    return clients * each / (time.perf_counter() - begun)
