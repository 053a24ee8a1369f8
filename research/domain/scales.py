"""Answers on a k-point scale: how often each point was ticked, and what follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from research.domain.figures import NOBODY, ONE_ONLY, Figure, figure, percent, root_figure
from research.domain.questions import NO_OPINION


@dataclass(frozen=True)
class Tally:
    """How often each of the points 1..k was ticked; no opinion and blank are missing."""

    counts: tuple[int, ...]
    no_opinion: int = 0
    blank: int = 0

    @property
    def points(self) -> int:
        return len(self.counts)

    @property
    def n(self) -> int:
        """How many answers count."""
        return sum(self.counts)

    @property
    def rows(self) -> int:
        """How many people there are, answered or not."""
        return self.n + self.no_opinion + self.blank

    @property
    def exact_mean(self) -> Fraction | None:
        if not self.n:
            return None
        return Fraction(sum(point * f for point, f in enumerate(self.counts, 1)), self.n)

    @property
    def exact_variance(self) -> Fraction | None:
        """SS / (n - 1); its root is the S.D. of SPSS and of Excel's STDEV.S."""
        if self.n < 2:
            return None
        total = sum(point * f for point, f in enumerate(self.counts, 1))
        squares = sum(point * point * f for point, f in enumerate(self.counts, 1))
        return Fraction(self.n * squares - total * total, self.n * (self.n - 1))

    @property
    def mean(self) -> Figure:
        return figure(self.exact_mean, otherwise=NOBODY)

    @property
    def sd(self) -> Figure:
        return root_figure(self.exact_variance, otherwise=ONE_ONLY if self.n else NOBODY)

    @property
    def median(self) -> Figure:
        """The middle answer; between two, their mean."""
        ticked = [point for point, f in enumerate(self.counts, 1) for _ in range(f)]
        if not ticked:
            return figure(None, otherwise=NOBODY)
        low, high = ticked[(len(ticked) - 1) // 2], ticked[len(ticked) // 2]
        return figure(Fraction(low + high, 2), otherwise=NOBODY)

    @property
    def frequencies(self) -> list[Frequency]:
        """Each point from 1 to k with its count, percent of those who answered and of all."""
        return [frequency(f, n=self.n, rows=self.rows) for f in self.counts]

    def reversed(self) -> Tally:
        """The same answers recoded: min + max - x."""
        return Tally(self.counts[::-1], self.no_opinion, self.blank)

    def __add__(self, other: Tally) -> Tally:
        """The answers of two groups together."""
        counts = tuple(a + b for a, b in zip(self.counts, other.counts, strict=True))
        return Tally(counts, self.no_opinion + other.no_opinion, self.blank + other.blank)


@dataclass(frozen=True)
class Frequency:
    """One line of a table of frequencies."""

    count: int
    percent: Figure
    percent_of_all: Figure


def frequency(count: int, *, n: int, rows: int) -> Frequency:
    """Return a line: how many, of those who answered, and of all rows."""
    return Frequency(count, percent(count, n), percent(count, rows))


def tally(values: Iterable[int | None], *, points: int = 5) -> Tally:
    """Count the answers; NO_OPINION is user-missing, anything that is no point is blank."""
    found = Counter(values)
    counts = tuple(found[point] for point in range(1, points + 1))
    no_opinion = found[NO_OPINION]
    return Tally(counts, no_opinion, found.total() - sum(counts) - no_opinion)


def recode(value: int | None, *, points: int, is_reverse: bool) -> int | None:
    """Return the point that counts in a scale; None for a missing answer."""
    if value is None or not 1 <= value <= points:
        return None
    return points + 1 - value if is_reverse else value


def person_score(values: Sequence[int | None]) -> Fraction | None:
    """Return a person's mean of the recoded items, if at least half of them are answered."""
    answered = [value for value in values if value is not None]
    if not answered or 2 * len(answered) < len(values):
        return None
    return Fraction(sum(answered), len(answered))


@dataclass(frozen=True)
class Scores:
    """The scores of the people in one dimension."""

    n: int
    exact_mean: Fraction | None
    exact_variance: Fraction | None

    @property
    def mean(self) -> Figure:
        return figure(self.exact_mean, otherwise=NOBODY)

    @property
    def sd(self) -> Figure:
        return root_figure(self.exact_variance, otherwise=ONE_ONLY if self.n else NOBODY)


def scores(people: Iterable[Fraction | None]) -> Scores:
    """Return mean and sample variance of the person scores that could be made."""
    found = Counter(score for score in people if score is not None)
    n = found.total()
    if not n:
        return Scores(0, None, None)
    total = sum((score * f for score, f in found.items()), Fraction(0))
    squares = sum((score * score * f for score, f in found.items()), Fraction(0))
    variance = (n * squares - total * total) / (n * (n - 1)) if n > 1 else None
    return Scores(n, total / n, variance)


def ranks(values: Sequence[Fraction | None]) -> list[int | None]:
    """Return the rank of each value: 1 is the largest, equals share the better rank."""
    known = [value for value in values if value is not None]
    return [
        None if value is None else 1 + sum(other > value for other in known) for value in values
    ]
