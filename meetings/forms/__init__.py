"""What is typed about meetings, and its cleaning."""
