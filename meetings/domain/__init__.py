"""Pure computing about meetings."""
