"""An audit by HR: a random sample of cases, each looked at with the same questions (NW-13). The auditor sees the course
of a case, its steps and dates, never what anybody wrote."""
