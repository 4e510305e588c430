"""Settings, read once from the environment by the edge and handed down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
KEY_BYTES = 32


@dataclass(frozen=True)
class Settings:
    """`database_url`: SQLAlchemy URL. `var`: folder for the embedded database, keys and written mail."""

    database_url: str
    var: Path
    # keys are left out of whatever prints the settings
    secret_key: bytes = field(repr=False)
    master_key: bytes = field(repr=False)
    demo: bool = False
    port: int = 8000
    #: seconds between two looks of the worker at what is due
    tick_seconds: float = 5.0
    #: smtp://host:port, or None: mail is written to var/mail
    smtp_url: str | None = None
    base_url: str = "http://127.0.0.1:8000"
    #: master keys that came before: they wrap nothing new
    older_master_keys: tuple[bytes, ...] = field(default=(), repr=False)
    #: "package.module:factory" of a key service that wraps people's keys, or ""
    kms: str = ""
    #: cookies only over TLS; switched off for a demo on the loopback interface
    secure_cookies: bool = True
    #: how long emergency access to a case lasts
    emergency_minutes: int = 60
    #: opens /metrics; None: there is no such page
    metrics_token: str | None = field(default=None, repr=False)
    #: how often one session may post, one address log in and call the API; "": as often as it likes
    limit_posts: str = ""
    limit_logins: str = ""
    limit_api: str = ""
    #: proxies in front that add a visitor's address to X-Forwarded-For
    proxies: int = 0
    #: "everybody": every account needs a second step; "required": clinical and administrators' roles; "offered": nobody
    second_step: str = ""
    #: the file that describes the organisations' own logins (OpenID Connect), and the secrets for it by id
    oidc_file: Path | None = None
    oidc_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: what looks at each file for viruses, see app.files.scanning; "": nothing does
    scanner: str = ""
    #: bytes of one file, and of all files of one case; files in one field where the form says nothing
    largest_file: int = 10_000_000
    largest_case: int = 50_000_000
    files_a_field: int = 5
    #: folder of the log outside the database, see `app.history.checkpoints`; None: this machine has none
    checkpoints: Path | None = None
    #: the key that signs them, or its public half where checkpoints are only checked; None: made in `var`
    checkpoint_key_file: Path | None = None
    #: minutes between two of them
    checkpoint_minutes: int = 60

    @property
    def checkpoint_key(self) -> Path:
        return self.checkpoint_key_file or self.var / "checkpoint.key"

    @property
    def master_keys(self) -> tuple[bytes, ...]:
        """Newest first; none when a key service wraps everything."""
        return tuple(key for key in (self.master_key, *self.older_master_keys) if key)

    @property
    def second_step_required(self) -> Literal["", "roles", "everybody"]:
        """A demo offers it, unless it is told to require it."""
        found = self.second_step or ("offered" if self.demo else "required")
        return "everybody" if found == "everybody" else "roles" if found == "required" else ""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read `WAYMARK_*` and `PORT`. Keys that are not given are made once and kept in `var`, mode 0600."""
        env = os.environ if env is None else env
        var = Path(env.get("WAYMARK_VAR", ROOT / "var"))
        port = int(env.get("PORT", "8000"))
        demo = env.get("WAYMARK_DEMO", "") in {"1", "true", "yes"}
        masters = master_keys(env, var)
        return cls(
            database_url=env.get("WAYMARK_DATABASE_URL") or f"sqlite:///{var / 'waymark.db'}",
            var=var,
            secret_key=_key(env.get("WAYMARK_SECRET_KEY"), var / "secret.key"),
            master_key=masters[0] if masters else b"",
            older_master_keys=masters[1:],
            kms=env.get("WAYMARK_KMS", ""),
            demo=demo,
            port=port,
            tick_seconds=float(env.get("WAYMARK_TICK_SECONDS", "2" if demo else "5")),
            smtp_url=env.get("WAYMARK_SMTP_URL") or None,
            base_url=env.get("WAYMARK_BASE_URL", f"http://127.0.0.1:{port}"),
            secure_cookies=env.get("WAYMARK_SECURE_COOKIES", "0" if demo else "1") == "1",
            metrics_token=env.get("WAYMARK_METRICS_TOKEN") or None,
            limit_posts=_limit(env, "POSTS", "120/minute"),
            limit_logins=_limit(env, "LOGINS", "60/minute"),
            limit_api=_limit(env, "API", "1200/minute"),
            proxies=int(env.get("WAYMARK_PROXIES", "0")),
            emergency_minutes=int(env.get("WAYMARK_EMERGENCY_MINUTES", "60")),
            second_step=_one_of(env.get("WAYMARK_SECOND_STEP", ""), ("", "everybody", "required", "offered")),
            oidc_file=Path(env["WAYMARK_OIDC_FILE"]) if env.get("WAYMARK_OIDC_FILE") else None,
            oidc_secrets=_oidc_secrets(env),
            scanner=env.get("WAYMARK_SCANNER", ""),
            largest_file=_megabytes(env.get("WAYMARK_FILE_MB", "10")),
            largest_case=_megabytes(env.get("WAYMARK_CASE_FILES_MB", "50")),
            files_a_field=max(1, int(env.get("WAYMARK_FILES_A_FIELD", "5"))),
            checkpoints=_folder(env.get("WAYMARK_CHECKPOINTS") or str(var / "checkpoints")),
            checkpoint_key_file=_folder(env.get("WAYMARK_CHECKPOINT_KEY_FILE", "off")),
            checkpoint_minutes=max(1, int(env.get("WAYMARK_CHECKPOINT_MINUTES", "60"))),
        )


def _limit(env: Mapping[str, str], name: str, usual: str) -> str:
    """ "off" switches a limit off."""
    given = env.get(f"WAYMARK_LIMIT_{name}") or usual
    return "" if given == "off" else given


def _folder(given: str) -> Path | None:
    """ "off": none."""
    return None if given.lower() == "off" else Path(given)


def _megabytes(text: str) -> int:
    """Bytes; 1 MB is 1,000,000. Not more than a column counts."""
    return max(1, min(int(float(text) * 1_000_000), 2_000_000_000))


class BadSettings(SystemExit):
    """A setting cannot be used: a process that needs it does not start."""


def master_keys(env: Mapping[str, str], var: Path) -> tuple[bytes, ...]:
    """From WAYMARK_MASTER_KEY or the file in WAYMARK_MASTER_KEY_FILE: 64 hex digits each, newest first, separated by
    commas or line ends. Neither, and no WAYMARK_KMS: one is made in `var`. Raises `BadSettings`."""
    given, path = env.get("WAYMARK_MASTER_KEY", ""), env.get("WAYMARK_MASTER_KEY_FILE", "")
    if given and path:
        raise BadSettings("Set WAYMARK_MASTER_KEY or WAYMARK_MASTER_KEY_FILE, not both.")
    if path:
        return _hex_keys(_private(Path(path)), f"the file {path}")
    if given:
        return _hex_keys(given, "WAYMARK_MASTER_KEY")
    kept = var / "master.key"
    if env.get("WAYMARK_KMS") and not kept.exists():
        return ()
    return (_key(None, kept),)


def _private(path: Path) -> str:
    """The text of a file that nobody but its owner may read or change."""
    try:
        if path.stat().st_mode & 0o077:
            raise BadSettings(f"The master key in {path} can be read by others. Run: chmod 600 {path}")
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"The master key in {path} cannot be read ({type(error).__name__}).") from None


def _hex_keys(text: str, where: str) -> tuple[bytes, ...]:
    try:
        keys = tuple(bytes.fromhex(word) for word in text.replace(",", " ").split())
    except ValueError:
        keys = ()
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise BadSettings(f"A master key is 64 hex digits; what stands in {where} is not.")
    return keys


def _one_of(given: str, known: tuple[str, ...]) -> str:
    """A word that is misspelt must not switch anything off."""
    if given not in known:
        raise ValueError(f"WAYMARK_SECOND_STEP is everybody, required or offered, not {given!r}")
    return given


def _oidc_secrets(env: Mapping[str, str]) -> dict[str, str]:
    """`WAYMARK_OIDC_NORTHFIELD_SECRET` is the secret for [northfield] in the file."""
    begin, end = "WAYMARK_OIDC_", "_SECRET"
    return {
        name.removeprefix(begin).removesuffix(end).lower(): value
        for name, value in env.items()
        if name.startswith(begin) and name.endswith(end)
    }


def _key(given: str | None, path: Path) -> bytes:
    """32 bytes: given as hex, else read from `path`, else made there."""
    if given:
        return bytes.fromhex(given)
    if path.exists():
        return path.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    # written aside and linked into place: two processes that start at once end up with the same whole key
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(32))
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return path.read_bytes()
