from django.apps import AppConfig


class ProblemsConfig(AppConfig):
    name = "portal.problems"
    verbose_name = "ปัญหาที่แจ้ง"
