"""Which meetings, notes and tasks a reader may find."""
