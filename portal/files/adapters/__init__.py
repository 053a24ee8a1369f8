"""Where Django's own ways of taking files in, and a bucket's of keeping them, meet the house.

The bucket is not named here: only an installation that has one loads its library.
"""

from portal.files.adapters.uploads import LimitedUploads

__all__ = ["LimitedUploads"]
