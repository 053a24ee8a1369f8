"""The verbs of letters, one module for each part of a letter's way."""
