"""A client that knows the API's document and the forms' schemas, and nothing of any process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

#: component types that show something and take nothing
SHOWN = frozenset({"text", "separator", "spacer", "button", "image", "expression"})
#: taken by an operation of its own, and optional in what is shipped
FILES = "filepicker"


@dataclass
class SchemaClient:
    """One person's program. `wishes`: what the person would choose, by field key; else the first choice is taken."""

    http: FlaskClient
    token: str
    wishes: Mapping[str, Any] = field(default_factory=dict)
    #: names of tasks that the person does not want to do: offers, not duties
    leaves: frozenset[str] = frozenset()

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.http.open(f"/api/v1{path}", method=method, headers=headers, **more)

    def get(self, path: str) -> Any:
        response = self.call("GET", path)
        assert response.status_code == 200, (path, response.get_data(as_text=True))
        return response.get_json()

    def start(self, now: datetime) -> Any:
        """Start a referral, which is offered among others."""
        process = next(one for one in self.get("/processes")["items"] if one["key"] == "referral")
        answers = self.fill(process["start_form"], now)
        response = self.call("POST", f"/processes/{process['key']}/cases", json={"answers": answers})
        assert response.status_code == 201, response.get_data(as_text=True)
        return response.get_json()

    def work(self, case_id: str, now: datetime) -> list[str]:
        """Do every task of the case that this person can do now; their names."""
        done = []
        for scope in ("mine", "groups"):
            for row in self.get(f"/tasks?scope={scope}")["items"]:
                if row["case_id"] == case_id and row["name"] not in self.leaves:
                    self.do(row["id"], now)
                    done.append(row["name"])
        return done

    def do(self, task_id: str, now: datetime) -> None:
        """Claim if need be, keep a draft, complete, and prove that a second time is refused."""
        task = self.get(f"/tasks/{task_id}")
        if task["can_claim"]:
            assert self.call("POST", f"/tasks/{task_id}/claim").status_code == 200
            task = self.get(f"/tasks/{task_id}")
        answers = self.fill(task["form"], now)
        assert self.call("PUT", f"/tasks/{task_id}/draft", json={"answers": answers}).status_code == 204
        assert self.get(f"/tasks/{task_id}")["form"]["answers"].items() >= answers.items()
        body, key = {"version": task["version"], "answers": answers}, {"Idempotency-Key": f"once-{task_id}"}
        first = self.call("POST", f"/tasks/{task_id}/complete", json=body, headers=key)
        assert first.status_code == 200, (task["name"], answers, first.get_data(as_text=True))
        again = self.call("POST", f"/tasks/{task_id}/complete", json=body, headers=key)
        assert (again.status_code, again.get_json()) == (200, first.get_json())
        twice = self.call("POST", f"/tasks/{task_id}/complete", json=body)
        assert (twice.status_code, twice.get_json(force=True)["type"]) == (409, "urn:waymark:problem:already-done")

    def fill(self, form: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """Answers from a form's schema: what the server offers, else a wish, else the first or plainest value."""
        return self._filled(form["schema"]["components"], form["answers"], now)

    def _filled(self, components: list[Any], known: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        for part in components:
            if part["type"] in {*SHOWN, FILES} or part.get("readonly"):
                continue
            if part["type"] == "group":
                inner = self._filled(part["components"], known, now)
                answers |= {part["path"]: inner} if part.get("path") else inner
            else:
                key = part.get("key") or part["path"]
                offered = known.get(key)
                answers[key] = offered if offered not in (None, "", []) else self._value(part, key, now)
        return answers

    def _value(self, part: Mapping[str, Any], key: str, now: datetime) -> Any:
        if key in self.wishes:
            return self.wishes[key]
        kind = part["type"]
        if kind in {"radio", "select"}:
            return part["values"][0]["value"]
        if kind in {"checklist", "taglist"}:
            return [part["values"][0]["value"]]
        if kind == "checkbox":
            return True
        if kind == "number":
            return part.get("validate", {}).get("min", 1)
        if kind == "datetime":
            return _moment(part, now + timedelta(days=3))
        if kind == "dynamiclist":
            return [self._filled(part["components"], {}, now)]
        return "As agreed."


def _moment(part: Mapping[str, Any], at: datetime) -> str:
    kinds = {"date": at.date().isoformat(), "time": "10:30", "datetime": f"{at.date().isoformat()}T10:30"}
    return kinds[part["subtype"]]
