"""`simulate`: plays a written case on a moved clock, in a second, and tells what happened."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from app.cases import scenario as scenarios
from app.cases.scenario.telling import News
from app.cases.simulating import house
from app.cli import common, findings_as_lines
from app.cli.processes import look
from app.engine import Bundle
from app.errors import WaymarkError
from app.settings import ROOT

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
#: it went otherwise than the story says; it could not be played at all
OTHERWISE, UNPLAYABLE = 1, 2


class Unplayable(click.ClickException):
    """The scenario or the process cannot be used."""

    exit_code = UNPLAYABLE


@click.command("simulate")
@click.argument("process")
@click.option("--scenario", "path", required=True, type=FILE, help="The story, a TOML file.")
@click.option("--processes", type=FOLDER, default=ROOT / "processes", help="Diagrams; without it, those shipped.")
@click.option("--forms", type=FOLDER, default=ROOT / "forms", help="Forms; without it, those shipped.")
@common.formatted
def simulate(process: str, path: Path, processes: Path, forms: Path, form: str) -> None:
    """Play a written case of PROCESS on a moved clock and tell what happened: who, what, by which rule, until when.

    Nothing has to be deployed or running, and nothing is kept. Exit code 1 when it goes otherwise than the story says,
    with the number of the step; 2 when story or process cannot be used.
    """
    story = _read(path, process)
    with house(_bundles(story, processes, forms)) as waymark:
        try:
            playing = scenarios.Playing(waymark, story, processes=processes)
        except WaymarkError as error:
            raise Unplayable(error.detail) from error
        fault = ""
        try:
            playing.run()
        except WaymarkError as error:
            fault = error.detail
        names = _case_names(playing)
    if form == "json":
        common.as_json(_as_data(playing, names, fault))
    else:
        for line in (*_head(story), *_lines(playing, names)):
            click.echo(line)
    if fault:
        click.echo(f"Error: {fault}", err=True)
        sys.exit(OTHERWISE)


def _read(path: Path, process: str) -> scenarios.Scenario:
    try:
        story = scenarios.read(path)
    except WaymarkError as error:
        raise Unplayable(error.detail) from error
    if story.process != process:
        raise Unplayable(f"{path.name} is a story of {story.process}, not of {process}.")
    return story


def _bundles(story: scenarios.Scenario, processes: Path, forms: Path) -> tuple[Bundle, ...]:
    """Every process there is, if those that the story plays are sound."""
    looked = look([processes, forms], story.processes)
    strange = story.processes - {bundle.key for bundle in looked.bundles}
    if strange:
        known = ", ".join(bundle.key for bundle in looked.bundles) or "none"
        raise Unplayable(f"There is no process {min(strange)} in {processes} that people start; there are: {known}.")
    names = {name for bundle in looked.bundles if bundle.key in story.processes for name in bundle.files}
    errors = [one for one in looked.findings if one.severity == "error" and Path(one.file).name in names]
    if errors:
        for line in findings_as_lines(errors):
            click.echo(line, err=True)
        raise Unplayable("The process has errors; correct them first.")
    return looked.bundles


def _case_names(playing: scenarios.Playing) -> dict[str, str]:
    """Case id to what it is called here: its process, with a number from the second of its kind on."""
    names: dict[str, str] = {}
    count: dict[str, int] = {}
    for row in playing.story.rows() if playing.story.ids else ():
        count[row.process_name] = count.get(row.process_name, 0) + 1
        number = count[row.process_name]
        names[row.id] = row.process_name if number == 1 else f"{row.process_name} ({number})"
    return names


def _head(story: scenarios.Scenario) -> Iterator[str]:
    yield story.title
    if story.story:
        yield from ("", click.wrap_text(story.story, 100))


def _lines(playing: scenarios.Playing, names: dict[str, str]) -> Iterator[str]:
    day, zone = "", playing.zone
    for step in playing.played:
        for news in step.news:
            at = news.at.astimezone(zone)
            if (found := _day(at)) != day:
                yield from ("", found)
                day = found
            about = names[news.case_id] if len(names) > 1 else ""
            yield f"  {at:%H:%M}  {_told(news, zone)}{_marks(news, about)}"
        if step.refused:
            at = step.at.astimezone(zone)
            if (found := _day(at)) != day:
                yield from ("", found)
                day = found
            yield f"  {at:%H:%M}  {step.line.who} tried “{step.line.task}”, which was refused: {step.refused}"


def _told(news: News, zone: ZoneInfo) -> str:
    who = "" if news.who == "Waymark" else news.who
    if news.kind == "opened":
        until = f", until {_day(news.until.astimezone(zone))}" if news.until else ""
        return f"waits for {who}: “{news.what}”{until}"
    if news.kind == "told":
        return f"told {who}: {news.what}"
    detail = f" ({news.detail})" if news.detail else ""
    lead = f"{who}{':' if news.what[:1].isupper() else ''} " if who else ""
    return f"{'clock: ' if news.kind == 'rang' else ''}{lead}{news.what}{detail}"


def _marks(news: News, about: str) -> str:
    flags = [f"went past {', '.join(news.flags)}, with a reason"] if news.flags else []
    marks = [*([about] if about else []), *([", ".join(news.rules)] if news.rules else []), *flags]
    return f"  [{'; '.join(marks)}]" if marks else ""


def _day(at: datetime) -> str:
    return f"{at:%A} {at.day} {at:%B %Y}"


def _as_data(playing: scenarios.Playing, names: dict[str, str], fault: str) -> dict[str, object]:
    story, zone = playing.scenario, playing.zone
    steps = [
        {
            "step": step.line.number,
            "at": step.at.astimezone(zone).isoformat(),
            "who": step.line.who,
            "task": step.line.task,
            "refused": step.refused,
            "follows": list(step.line.follows),
            "breaks": list(step.line.breaks),
            "news": [_news(news, names, zone) for news in step.news],
        }
        for step in playing.played
    ]
    return {"title": story.title, "process": story.process, "story": story.story, "steps": steps, "fault": fault}


def _news(news: News, names: dict[str, str], zone: ZoneInfo) -> dict[str, object]:
    until = news.until.astimezone(zone).isoformat() if news.until else None
    told = {name: value for name, value in asdict(news).items() if name != "case_id"}
    told |= {"at": news.at.astimezone(zone).isoformat(), "until": until, "case": names[news.case_id]}
    return {**told, "rules": list(news.rules), "flags": list(news.flags)}


COMMANDS: dict[str, click.Command] = {"simulate": simulate}
