"""The doors of the survey room: building, answering, results."""
