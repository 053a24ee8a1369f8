"""The doors of meetings, one module for each journey."""
