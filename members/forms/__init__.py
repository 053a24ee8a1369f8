"""What people type about themselves, and whom they choose."""

from members.forms.accounts import LoginForm
from members.forms.audience import AudienceForm
from members.forms.meanwhile import chosen_meanwhile

__all__ = ["AudienceForm", "LoginForm", "chosen_meanwhile"]
