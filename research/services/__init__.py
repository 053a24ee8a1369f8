"""The verbs of surveys, one module for each part of their way."""
