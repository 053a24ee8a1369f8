"""The doors of people, posts and audiences."""
