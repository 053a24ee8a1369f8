from django.apps import AppConfig


class RichTextConfig(AppConfig):
    name = "portal.richtext"
    verbose_name = "ข้อความจัดรูปแบบ"
