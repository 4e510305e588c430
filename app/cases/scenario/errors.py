"""What can be wrong with a scenario, or with how it went. Each sentence begins with the number of the step."""

from app.errors import WaymarkError


class ScenarioRefused(WaymarkError):
    """The scenario cannot be read."""

    status = 422


class ScenarioStuck(WaymarkError):
    """The scenario names a task that is not open for that person at that time."""

    status = 409


class ScenarioFailed(WaymarkError):
    """The process did not do what the scenario says."""

    status = 409
