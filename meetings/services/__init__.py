"""What changes meetings, one module for each subject."""
