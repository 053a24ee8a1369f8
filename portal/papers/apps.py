from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "portal.papers"
    verbose_name = "เอกสารพิมพ์"
