from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "portal.links"
    verbose_name = "เส้นเรื่อง"
