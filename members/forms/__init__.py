"""What people type about themselves, and whom they choose."""

from members.forms.accounts import LoginForm
from members.forms.audience import AudienceForm

__all__ = ["AudienceForm", "LoginForm"]
