"""The configuration: a TOML file, overridden by `EASEL__SECTION__KEY`, with secrets from the environment alone."""

from bot.config.loading import DEFAULT_PATH, ConfigError, load_config
from bot.config.models import (
    AboutConfig,
    Allowance,
    Config,
    DiscordConfig,
    MetricsConfig,
    QueueConfig,
    QuotaConfig,
    RunBaseConfig,
    Section,
    StorageConfig,
)
from bot.config.secrets import Secrets, load_discord_token, load_runbase_api_keys, load_secrets
from bot.config.variables import PREFIX

__all__ = [
    "DEFAULT_PATH",
    "PREFIX",
    "AboutConfig",
    "Allowance",
    "Config",
    "ConfigError",
    "DiscordConfig",
    "MetricsConfig",
    "QueueConfig",
    "QuotaConfig",
    "RunBaseConfig",
    "Secrets",
    "Section",
    "StorageConfig",
    "load_config",
    "load_discord_token",
    "load_runbase_api_keys",
    "load_secrets",
]
