"""The auditors' room: finding cases, reading one as an auditor, replaying it. Everything in it is read under note."""

# this package and `queries` use one another's modules: whoever comes by this door opens that one first
import app.cases.queries  # noqa: F401
