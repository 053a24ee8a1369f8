from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "portal.core"
    verbose_name = "พื้นฐาน"

    def ready(self) -> None:
        """Let every room put its guards, resources, kinds and handlers into the registries."""
        autodiscover_modules("checks", "resources", "notifications", "tasks")
