"""The doors of knowledge."""
