"""What a file is: its type, its name, its pages. Nothing here knows Django."""
