"""SQLite for the embedded default: Django's backend with a fair queue in front."""
