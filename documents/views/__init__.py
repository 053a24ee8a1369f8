"""The doors of the letters' room: sending side and receiving side."""
