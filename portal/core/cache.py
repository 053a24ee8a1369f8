"""The shared cache; when Redis is down it forgets, and the pages still come."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger("portal.cache")


def forgiving(name: str, answer: Any) -> Callable[..., Any]:
    """Return the method `name` of RedisCache that gives `answer` instead of Redis's error."""
    ask = getattr(RedisCache, name)

    def method(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return ask(self, *args, **kwargs)
        except RedisError:
            logger.warning("cache.lost method=%s", name)
            return answer

    return method


class ForgivingRedisCache(RedisCache):
    """Redis, or nothing: what lies here (rate limits, counters) may be lost, the pages may not.

    While Redis is down sign-in attempts are therefore not counted; `/readyz` says “degraded”.
    """

    add = forgiving("add", answer=True)
    set = forgiving("set", answer=None)
    touch = forgiving("touch", answer=False)
    delete = forgiving("delete", answer=False)
    set_many = forgiving("set_many", answer=[])
    delete_many = forgiving("delete_many", answer=None)
    clear = forgiving("clear", answer=False)
    has_key = forgiving("has_key", answer=False)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError:
            logger.warning("cache.lost method=get")
            return default

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        try:
            return super().get_many(keys, version)
        except RedisError:
            logger.warning("cache.lost method=get_many")
            return {}

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count from the start again when Redis is down, as for a key that has just been set."""
        try:
            return super().incr(key, delta, version)
        except RedisError:
            logger.warning("cache.lost method=incr")
            return delta
