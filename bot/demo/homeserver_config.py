"""What a throwaway Synapse is told: a configuration for one machine, one run, no other server."""

import base64
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

FILE_NAME = "homeserver.yaml"

_UNLIMITED = {"per_second": 1_000_000, "burst_count": 1_000_000}
_LIFTED_LIMITS: dict[str, object] = {
    "rc_message": _UNLIMITED,
    "rc_registration": _UNLIMITED,
    "rc_registration_token_validity": _UNLIMITED,
    "rc_login": {"address": _UNLIMITED, "account": _UNLIMITED, "failed_attempts": _UNLIMITED},
    "rc_admin_redaction": _UNLIMITED,
    "rc_joins": {"local": _UNLIMITED, "remote": _UNLIMITED},
    "rc_joins_per_room": _UNLIMITED,
    "rc_key_requests": _UNLIMITED,
    "rc_3pid_validation": _UNLIMITED,
    "rc_invites": {"per_room": _UNLIMITED, "per_user": _UNLIMITED, "per_issuer": _UNLIMITED},
    "rc_third_party_invite": _UNLIMITED,
    "rc_media_create": _UNLIMITED,
    "rc_delayed_event_mgmt": _UNLIMITED,
    "rc_room_creation": _UNLIMITED,
    "rc_reports": _UNLIMITED,
    "rc_user_directory": _UNLIMITED,
}
"""Every limit that Synapse 1.163 knows (synapse/config/ratelimiting.py), out of the way."""


_LOGS: dict[str, object] = {
    "version": 1,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
    # Says when it listens.
    "loggers": {"synapse.app._base": {"level": "INFO"}},
    "disable_existing_loggers": False,
}


@dataclass(frozen=True, slots=True)
class Homeserver:
    """Where a homeserver is and what it takes to register accounts on it."""

    base_url: str
    server_name: str
    registration_secret: str
    data_dir: Path

    @property
    def port(self) -> int:
        """The port it listens on, on 127.0.0.1."""
        return int(self.base_url.rpartition(":")[2])

    def user_id(self, localpart: str) -> str:
        """Return the full id of a user of this server."""
        return f"@{localpart}:{self.server_name}"

    def alias(self, localpart: str) -> str:
        """Return the full alias of a room of this server."""
        return f"#{localpart}:{self.server_name}"


def write(data_dir: Path, server_name: str, port: int, *, rate_limits: bool) -> Homeserver:
    """Write configuration, logging, secret and signing key into ``data_dir``, made if need be.

    Secret and key are kept if they are there already. Raises OSError.
    """
    data = data_dir.resolve()
    data.mkdir(parents=True, exist_ok=True)
    home = Homeserver(
        base_url=f"http://127.0.0.1:{port}",
        server_name=server_name,
        registration_secret=_kept(data / "registration_secret", secrets.token_hex(32)),
        data_dir=data,
    )
    seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    _kept(data / "signing.key", f"ed25519 a_demo {seed}\n")
    configuration = _configuration(home, port) | ({} if rate_limits else _LIFTED_LIMITS)
    # JSON is YAML (YAML 1.2, section 1.3), and the standard library writes it.
    (data / FILE_NAME).write_text(json.dumps(configuration, indent=1))
    (data / "log.yaml").write_text(json.dumps(_LOGS, indent=1))
    return home


def _configuration(home: Homeserver, port: int) -> dict[str, object]:
    data = home.data_dir
    return {
        "server_name": home.server_name,
        "public_baseurl": f"{home.base_url}/",
        "listeners": [
            {
                "port": port,
                "bind_addresses": ["127.0.0.1"],
                "type": "http",
                "tls": False,
                "resources": [{"names": ["client"], "compress": False}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": str(data / "homeserver.db")}},
        "media_store_path": str(data / "media"),
        "signing_key_path": str(data / "signing.key"),
        "pid_file": str(data / "homeserver.pid"),
        "log_config": str(data / "log.yaml"),
        "registration_shared_secret": home.registration_secret,
        "macaroon_secret_key": home.registration_secret,
        "form_secret": home.registration_secret,
        # Nobody's passwords: hashing them at the usual cost would be most of what a test costs.
        "bcrypt_rounds": 4,
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "federation_domain_whitelist": [],
        "report_stats": False,
        "presence": {"enabled": False},
        "url_preview_enabled": False,
        "caches": {"global_factor": 0.5},
        # Whoever tries the demo from a client of theirs finds its rooms in the directory.
        "room_list_publication_rules": [{"action": "allow"}],
    }


def _kept(path: Path, otherwise: str) -> str:
    """Return the file's text, written now with mode 0600 if there was none."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(otherwise)
    return path.read_text()
