"""Pure computing about people and units: schools, clean names, and rules of audiences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any, Literal

MAX_IDS = 5_000
MAX_SUMMARY = 300


@dataclass(frozen=True)
class SchoolSize:
    """A class of schools by their number of pupils, both bounds included."""

    key: str
    label: str
    least: int
    most: int | None


# General knowledge of the Basic Education Commission's classes, to be confirmed by the office.
SCHOOL_SIZES = (
    SchoolSize("small", "ขนาดเล็ก", 0, 120),
    SchoolSize("medium", "ขนาดกลาง", 121, 719),
    SchoolSize("large", "ขนาดใหญ่", 720, 1_679),
    SchoolSize("xlarge", "ขนาดใหญ่พิเศษ", 1_680, None),
)
SIZES_BY_KEY = {size.key: size for size in SCHOOL_SIZES}


def size_of(pupils: int | None) -> SchoolSize | None:
    """Return the class of a school with that many pupils; None while the number is unknown."""
    if pupils is None:
        return None
    return next(
        size
        for size in SCHOOL_SIZES
        if pupils >= size.least and (size.most is None or pupils <= size.most)
    )


# An office has a code of four digits, so that only those of schools are held to their length.
CODE_LENGTHS = {"code8": 8, "code10": 10}


def wrong_code(name: str, code: str) -> str:
    """Return what is wrong with a school's `code8` or `code10`; nothing when right or blank."""
    length = CODE_LENGTHS[name]
    if not code or (len(code) == length and code.isascii() and code.isdigit()):
        return ""
    return f"รหัส {length} หลักต้องเป็นตัวเลข {length} ตัว แต่เป็น “{code}”"


def bare_district(text: str) -> str:
    """Return a district's name as a list has it: กงหรา; the เขต of Bangkok stays in the name."""
    return text.removeprefix("อำเภอ").removeprefix("อ.").strip()


def district_name(bare: str) -> str:
    """Return a district's full name: อำเภอกงหรา, เขตบางรัก."""
    return bare if bare.startswith("เขต") else f"อำเภอ{bare}"


class InvalidRule(ValueError):
    """What came as a rule is not one; the text is for developers, never for readers."""


@dataclass(frozen=True)
class AudienceRule:
    """Whom a letter, a survey or a message is for, by description and by name.

    Schools are described by place, size and project: `all_schools` is every school; otherwise a
    school counts when it lies in one of the districts or clusters, has one of the sizes, and is in
    one of the projects today (whichever, where none is named). Saved groups, single units, groups
    of the office and persons come on top. `left_out` takes units away again; persons who are named
    stay.
    """

    all_schools: bool = False
    districts: tuple[int, ...] = ()
    clusters: tuple[int, ...] = ()
    sizes: tuple[str, ...] = ()
    projects: tuple[int, ...] = ()
    saved: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    members: tuple[int, ...] = ()
    left_out: tuple[int, ...] = field(default=(), metadata={"key": "except"})

    @classmethod
    def parse(cls, data: object) -> AudienceRule:
        """Return the rule in untrusted JSON, sorted and distinct; anything odd is InvalidRule."""
        if not isinstance(data, Mapping):
            raise InvalidRule("a rule is an object")
        unknown = set(data) - set(_NAME_OF_KEY)
        if unknown:
            raise InvalidRule(f"unknown keys: {sorted(map(str, unknown))}")
        return cls(**{_NAME_OF_KEY[key]: _READERS[key](value) for key, value in data.items()})

    def to_json(self) -> dict[str, Any]:
        """Return the rule as JSON without its empty parts; `parse` reads it back."""
        named = {key: getattr(self, name) for key, name in _NAME_OF_KEY.items()}
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in named.items()
            if value
        }

    @property
    def is_described(self) -> bool:
        """Schools are asked for by place, size or project, not only by name."""
        places = self.districts or self.clusters
        return bool(self.all_schools or places or self.sizes or self.projects)

    @property
    def is_empty(self) -> bool:
        """Nobody is asked for; leaving somebody out does not change that."""
        named = self.saved or self.units or self.groups or self.members
        return not (self.is_described or named)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidRule("a flag is true or false")
    return value


def _ids(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or len(value) > MAX_IDS:
        raise InvalidRule(f"ids are a list of at most {MAX_IDS}")
    for one in value:
        if not isinstance(one, int) or isinstance(one, bool) or not 0 < one < 2**63:
            raise InvalidRule("an id is a positive whole number")
    return tuple(sorted(set(value)))


def _sizes(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise InvalidRule("sizes are a list")
    for one in value:
        if not isinstance(one, str) or one not in SIZES_BY_KEY:
            raise InvalidRule("unknown size")
    return tuple(size.key for size in SCHOOL_SIZES if size.key in value)


_NAME_OF_KEY = {str(one.metadata.get("key", one.name)): one.name for one in fields(AudienceRule)}
_READERS: dict[str, Callable[[object], Any]] = dict.fromkeys(_NAME_OF_KEY, _ids)
_READERS["all_schools"] = _flag
_READERS["sizes"] = _sizes


Kind = Literal["districts", "clusters", "projects", "saved", "units", "groups", "members", "except"]
Names = Mapping[Kind, Sequence[str]]


def describe(rule: AudienceRule, names: Names) -> str:
    """Return the rule in the office's words; `names` holds the names of the ids, by key.

    “โรงเรียนขนาดเล็ก ในอำเภอกงหราและอำเภอตะโหมด กับกลุ่มนโยบายและแผน ยกเว้นโรงเรียนบ้านปากพล”
    """
    parts = [
        _schools(rule, names),
        *(f"กลุ่มที่บันทึกไว้ “{name}”" for name in names.get("saved", ())),
        joined(names.get("units", ()), unit="แห่ง"),
        joined(names.get("groups", ()), unit="กลุ่ม"),
        joined(names.get("members", ()), unit="คน"),
    ]
    text = " กับ".join(part for part in parts if part) or "ยังไม่ได้เลือกผู้รับ"
    left_out = joined(names.get("except", ()), unit="แห่ง")
    return f"{text} ยกเว้น{left_out}" if left_out else text


def _schools(rule: AudienceRule, names: Names) -> str:
    if rule.all_schools:
        return "ทุกโรงเรียน"
    if not rule.is_described:
        return ""
    sizes = joined([SIZES_BY_KEY[key].label for key in rule.sizes], most=len(SCHOOL_SIZES))
    places = joined([*names.get("districts", ()), *names.get("clusters", ())], most=6)
    projects = joined(names.get("projects", ()), unit="โครงการ")
    said = [sizes, f"ใน{places}" if places else "", f"ที่ร่วม{projects}" if projects else ""]
    return f"โรงเรียน{' '.join(part for part in said if part)}"


def joined(names: Iterable[str], *, unit: str = "แห่ง", most: int = 3) -> str:
    """Return names as one says them: a และ b; beyond `most` the first ones and how many more."""
    listed = list(names)
    if len(listed) > most:
        return f"{' '.join(listed[:most])} และอีก {len(listed) - most} {unit}"
    if len(listed) < 2:
        return "".join(listed)
    return f"{' '.join(listed[:-1])} และ{listed[-1]}"


@dataclass(frozen=True)
class Headcount:
    """How many schools, other units and persons an audience has."""

    schools: int = 0
    units: int = 0
    persons: int = 0

    @property
    def total(self) -> int:
        return self.schools + self.units + self.persons

    def __str__(self) -> str:
        """131 โรงเรียน 2 หน่วยงาน 1 คน"""
        counted = [
            (self.schools, "โรงเรียน"),
            (self.units, "หน่วยงาน"),
            (self.persons, "คน"),
        ]
        return " ".join(f"{n:,} {word}" for n, word in counted if n) or "ยังไม่มีผู้รับ"


def shortened(text: str, most: int = MAX_SUMMARY) -> str:
    """Return the text, cut at a space when it is longer than `most` letters."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0] + "…"


BROWSERS = (
    ("Line/", "LINE"),
    ("FBAN/", "Facebook"),
    ("FBAV/", "Facebook"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def network_of(address: str) -> str:
    """Return where an address counts: itself, of IPv6 the 64 bits that one household has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), 64), strict=False).network_address)


def browser_words(agent: str) -> str:
    """Return what a browser says of itself in plain words: “Chrome บน Android”."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if not browser and not system:
        return "เครื่องที่ไม่รู้จัก"
    return f"{browser or 'เบราว์เซอร์'} บน {system or 'เครื่องที่ไม่รู้จัก'}"
