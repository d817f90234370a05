"""Every setting of the bot, with its default; ``config.example.toml`` says what each means."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config.field import (
    CalendarUrl,
    CommandPrefix,
    DatabaseUrl,
    Device,
    HomeserverUrl,
    InviterPattern,
    ListenAddress,
    MatrixUser,
    OptionalRoom,
    OptionalUrl,
    PublicUrl,
    RoomReference,
    TimeZone,
    WrittenQuietHours,
)

Language = Literal["fr", "en"]


class Section(BaseModel):
    """One table of the file: frozen, and without a place for what nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class MatrixSettings(Section):
    """The account on the homeserver."""

    homeserver: HomeserverUrl = Field(examples=["https://matrix.example.org"])
    user_id: MatrixUser = Field(examples=["@compagnon:example.org"])
    password_file: Path | None = Field(None, examples=["password"])
    access_token_file: Path | None = Field(None, examples=["access_token"])
    device_id: Device | None = Field(None, examples=["COMPAGNON"])
    device_name: str = Field("Compagnon", min_length=1, max_length=100, examples=["Compagnon"])
    encryption: bool = Field(True, examples=[True])
    pickle_key_file: Path | None = Field(None, examples=["pickle_key"])


class StorageSettings(Section):
    """The database and the directory of everything that is a file."""

    url: DatabaseUrl = Field(
        SecretStr("sqlite:///compagnon.db"), examples=["sqlite:///compagnon.db"]
    )
    data_dir: Path = Field(Path("data"), examples=["data"])
    standby: bool = Field(False, examples=[False])

    @property
    def backup_dir(self) -> Path:
        """The directory of the copies of the database."""
        return self.data_dir / "backups"

    @property
    def shown_url(self) -> str:
        """The address of the database as it may be printed: without its password and options."""
        url = self.url.get_secret_value().partition("?")[0]
        return re.sub(r"//([^:@/]*):.*@", r"//\1@", url)


class CommunitySettings(Section):
    """Who the bot is there for, where, and in which language."""

    name: str = Field(min_length=1, max_length=100, examples=["Les praticiens"])
    language: Language = Field("fr", examples=["fr"])
    timezone: TimeZone = Field("Europe/Paris", examples=["Europe/Paris"])
    prefix: CommandPrefix = Field("!", examples=["!"])
    controller: str = Field("", max_length=300, examples=["Association X, contact@example.org"])
    source_url: OptionalUrl = Field("", examples=["https://example.org/compagnon"])
    rooms: tuple[RoomReference, ...] = Field((), examples=[["#accueil:example.org"]])
    animators_room: OptionalRoom = Field(None, examples=["#animation:example.org"])
    allowed_inviters: tuple[InviterPattern, ...] = Field((), examples=[["*:example.org"]])
    bots: tuple[InviterPattern, ...] = Field(("@_*:*",), examples=[["@*bot:example.org"]])


class QuietSettings(Section):
    """When and how often the bot says what nobody asked it for."""

    hours: WrittenQuietHours = Field("20h-8h", examples=["20h-8h"])
    messages_per_day: int = Field(2, ge=1, le=100, examples=[2])


class WelcomeSettings(Section):
    """How those are greeted who come into a room."""

    batch_minutes: int = Field(10, ge=0, le=1440, examples=[10])
    crowd_per_hour: int = Field(50, ge=0, le=100_000, examples=[50])
    silence_hours: int = Field(48, ge=1, le=720, examples=[48])

    @property
    def batch(self) -> timedelta:
        """How long a greeting waits for company."""
        return timedelta(minutes=self.batch_minutes)

    @property
    def silence(self) -> timedelta:
        """After how long without a first step the animators hear of a newcomer."""
        return timedelta(hours=self.silence_hours)


class RolesSettings(Section):
    """Who is an animator, beside the members of the animators' room."""

    animator_power_level: int = Field(50, ge=0, le=100, examples=[50])
    animators: tuple[MatrixUser, ...] = Field((), examples=[["@animator:example.org"]])


class LimitsSettings(Section):
    """How much at once."""

    commands_per_minute: int = Field(20, ge=0, le=100_000, examples=[20])
    room_sends_in_flight: int = Field(8, ge=1, le=64, examples=[8])


class RetentionSettings(Section):
    """How many days the traces of what is done are kept."""

    inbox_days: int = Field(30, ge=1, le=3650, examples=[30])
    outbox_days: int = Field(30, ge=2, le=3650, examples=[30])
    undecryptable_days: int = Field(7, ge=1, le=365, examples=[7])


class SearchSettings(Section):
    """How experiences are found."""

    meaning: bool = Field(True, examples=[True])


class LogSettings(Section):
    """What is written to standard error."""

    format: Literal["text", "json"] = Field("text", examples=["text"])
    level: Literal["debug", "info", "warning", "error"] = Field("info", examples=["info"])


class WebSettings(Section):
    """The pages for the machines that watch the bot, and for calendars."""

    listen: ListenAddress = Field("127.0.0.1:9099", examples=["127.0.0.1:9099"])
    public_url: PublicUrl = Field("", examples=["https://compagnon.example.org"])

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port to listen on, or None where the page is off."""
        host, _, port = self.listen.rpartition(":")
        return (host.strip("[]"), int(port)) if self.listen else None

    @property
    def calendars_url(self) -> str:
        """What the addresses of calendars begin with; empty where none are served."""
        return self.public_url if self.listen else ""


class CaldavSettings(Section):
    """The calendar on a server to which meetings are written."""

    url: CalendarUrl = Field("", examples=["https://cloud.example.org/dav/calendars/bot/meetings"])
    user: str = Field("", max_length=255, pattern=r"^[^:]*$", examples=["compagnon"])
    password_file: Path | None = Field(None, examples=["caldav_password"])
    rooms: tuple[RoomReference, ...] = Field((), examples=[["#accueil:example.org"]])


class Settings(BaseSettings):
    """All settings, frozen; building them reads neither file nor variable."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        env_prefix="BOT_",
        env_nested_delimiter="__",
    )

    matrix: MatrixSettings
    storage: StorageSettings = StorageSettings()
    community: CommunitySettings
    quiet: QuietSettings = QuietSettings()
    welcome: WelcomeSettings = WelcomeSettings()
    roles: RolesSettings = RolesSettings()
    limits: LimitsSettings = LimitsSettings()
    retention: RetentionSettings = RetentionSettings()
    search: SearchSettings = SearchSettings()
    log: LogSettings = LogSettings()
    web: WebSettings = WebSettings()
    caldav: CaldavSettings = CaldavSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave only the arguments, so that building settings in a test reads no environment."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)
