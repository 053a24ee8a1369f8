"""What people type about letters, and its cleaning."""
