"""What a service needs to be told, from the environment (`MENTORING_…`) or from the embedded launcher."""

import base64
import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

from mentoring_common.origins import origins

Source = PydanticBaseSettingsSource


class WrongSetting(ValueError):
    """What a setting names cannot be used; says which, and why."""


SECRETS = "MENTORING_SECRETS_DIR"
"""Names a folder in which a file `mentoring_<setting>` stands for a variable that is not set."""


class FromEnvironment(BaseSettings):
    """What is told by variables, and by files where secrets are given as files."""

    model_config = SettingsConfigDict(env_prefix="MENTORING_", extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: Source, env_settings: Source, *_: Source, **__: Source
    ) -> tuple[Source, ...]:
        """Files come last; a folder that is named and not there is a mistake, and said."""
        folder = os.environ.get(SECRETS)
        if not folder:
            return init_settings, env_settings
        if not Path(folder).is_dir():
            raise SystemExit(f"error: {SECRETS} names no folder")
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, secrets_dir=folder)


class MigrationSettings(FromEnvironment):
    """All that `migrate` and `restored` are told: nothing of what serves, as what serves is not told this."""

    owner_database_url: str = Field(min_length=1, description="the service's database under the tables' owner")
    log_level: str = Field("INFO", description="least level that is logged")


class Settings(FromEnvironment):
    """Settings of one service process; each has a line in docs/settings.md."""

    database_url: str = Field(description="SQLAlchemy URL of the service's database under its application role")
    system_database_url: str = Field(description="the same database under the role of relay and deadline poller")
    owner_database_url: str = Field(
        "", description="the same database under the tables' owner; only `migrate` and `restored` need it"
    )
    kafka_bootstrap_servers: str = Field(description="host:port[,host:port] of the Kafka brokers")
    kafka_idempotent: bool = Field(True, description="idempotent producer; off for a broker that lacks it")
    kafka_fast_groups: bool = Field(False, description="short group sessions, for a broker on this machine")
    kafka_partitions: int = Field(6, ge=1, description="partitions of a topic that a service creates")
    kafka_replication: int = Field(
        0, ge=0, description="copies of a topic that a service creates; 0: three, or as many as there are brokers"
    )
    kafka_group: str = Field("", description="consumer group; mentoring-<service> if empty")
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="how the brokers are spoken to; SSL is TLS"
    )
    kafka_ca_file: str = Field("", description="PEM file of whom to trust for the brokers; the system's if empty")
    kafka_cert_file: str = Field("", description="PEM file of this client's certificate, where the brokers ask for one")
    kafka_key_file: str = Field("", description="PEM file of its key")
    kafka_sasl_mechanism: Literal["SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "PLAIN"] = Field(
        "SCRAM-SHA-512", description="how the brokers know this service, with SASL"
    )
    kafka_username: str = Field("", description="user at the brokers; for OAUTHBEARER client_id if empty")
    kafka_password: SecretStr = Field(
        SecretStr(""), validate_default=True, description="its password; for OAUTHBEARER client_secret if empty"
    )
    kafka_token_url: str = Field("", description="token endpoint for OAUTHBEARER; token_url if empty")
    kafka_token_scope: str = Field("", description="scope of the token for the brokers; the client's default if empty")
    token_issuer: str = Field(description="`iss` of access tokens")
    token_audience: str = Field("mentoring", description="`aud` of access tokens")
    token_jwks_url: str = Field(description="where the issuer's public keys are")
    token_url: str = Field("", description="token endpoint for this service's own calls to others")
    client_id: str = Field("", description="this service's client at the issuer")
    client_secret: SecretStr = Field(SecretStr(""), description="its secret")
    master_key: SecretStr = Field(description="base64 of 32 bytes: wraps the keys that special-category data is under")
    other_master_keys: SecretStr = Field(
        SecretStr(""), description="keys, by commas, that open too: the next before it is used, those of before after"
    )
    applications_url: str = Field("", description="base address of the applications service")
    matching_url: str = Field("", description="base address of the matching service")
    sessions_url: str = Field("", description="base address of the sessions service")
    evaluation_url: str = Field("", description="base address of the evaluation service")
    integrations_url: str = Field("", description="base address of the integrations service")
    smtp_host: str = Field("127.0.0.1", description="mail server for notifications")
    smtp_port: int = Field(25, description="its port")
    smtp_tls: bool = Field(False, description="STARTTLS with the mail server")
    smtp_username: str = Field("", description="user at the mail server, if it asks")
    smtp_password: SecretStr = Field(SecretStr(""), description="password at the mail server")
    mail_sender: str = Field("mentoring@example.org", description="sender of notifications")
    front_end_url: str = Field(
        "", description="address of the front end, which links in letters start with; empty: plain pages of the gateway"
    )
    public_url: str = Field(
        "http://127.0.0.1:8000",
        description="address of the installation, which links in messages start with, and the API below it at /v1",
    )
    open_introspection: bool = Field(
        False, description="whether the gateway shows its schema, and suggests names, without an access token"
    )
    console_client_id: str = Field("front-end", description="client of the console at the issuer, where people sign in")
    allowed_origins: str = Field(
        "", description="origins of front ends elsewhere (scheme://host[:port], by commas) whose pages may call"
    )
    trusted_documents: str = Field(
        "", description="file of a front end's GraphQL documents by their ids, which may then be sent in their place"
    )
    trusted_documents_only: bool = Field(
        False, description="run no GraphQL document that is not among the trusted ones"
    )
    body_limit_bytes: int = Field(1_048_576, description="largest request body")
    body_timeout_s: float = Field(30.0, description="longest time a request body may take to arrive")
    requests_per_minute: int = Field(
        0, ge=0, description="requests that one machine may make of a process of a service in a minute; 0: any number"
    )
    pool_size: int = Field(5, ge=1, description="database connections of the application role, with no overflow")
    pool_timeout_s: float = Field(
        2.0, description="longest wait for a connection before 503 while nobody else gets through"
    )
    queue_timeout_s: float = Field(60.0, description="longest wait for a connection while others get through")
    queue_length: int = Field(2000, ge=0, description="requests that wait for a connection; one more answers 503")
    statement_timeout_s: float = Field(15.0, description="longest statement of the application role")
    poll_interval_s: float = Field(
        5.0, gt=0, description="how often a service looks for work that nobody in its own process has left"
    )
    outbox_days: int = Field(
        0, ge=0, description="days a published event stays in the outbox, which fills a lost Kafka again; 0: for ever"
    )
    inbox_days: int = Field(30, ge=1, description="days a service knows each event it has seen by its id")
    changes_days: int = Field(
        90, ge=90, description="days that events stay in the feed of changes and deliveries in the log of a webhook"
    )
    webhooks_to_loopback: bool = Field(
        False, description="whether webhooks may go to this machine, and by http; for development alone"
    )
    log_level: str = Field("INFO", description="least level that is logged")
    metrics_port: int = Field(
        0, ge=0, le=65535, description="port of /metrics in Prometheus' format; 0: nothing is counted"
    )

    traces_url: str = Field(
        "", description="OTLP/HTTP address that spans are sent to (http://…/v1/traces); empty: none are made"
    )
    traces_ratio: float = Field(
        0.01, ge=0, le=1, description="share of the traces that begin here which are sampled; others' are as they say"
    )

    @field_validator("kafka_password")
    @classmethod
    def _is_known_to_the_brokers(cls, password: SecretStr, other: ValidationInfo) -> SecretStr:
        sasl = str(other.data.get("kafka_security_protocol")).startswith("SASL")
        by_password = sasl and other.data.get("kafka_sasl_mechanism") != "OAUTHBEARER"
        if by_password and not (other.data.get("kafka_username") and password.get_secret_value()):
            raise ValueError("SASL needs a user and a password")
        return password

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, given: str) -> str:
        origins(given)
        return given

    @field_validator("master_key")
    @classmethod
    def _holds_32_bytes(cls, key: SecretStr) -> SecretStr:
        if not _is_key(key.get_secret_value()):
            raise ValueError("not base64 of 32 bytes")
        return key

    @field_validator("other_master_keys")
    @classmethod
    def _hold_32_bytes(cls, keys: SecretStr) -> SecretStr:
        if not all(_is_key(part.strip()) for part in keys.get_secret_value().split(",") if part.strip()):
            raise ValueError("not base64 of 32 bytes, by commas")
        return keys


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except ValueError:
        return False
