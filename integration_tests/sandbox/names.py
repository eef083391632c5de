"""Names as people really choose them: many scripts, commas, quotes, even line breaks."""

from __future__ import annotations

from .world import User

COURSES = (
    "Linear Algebra",
    "Física I, grupo B",
    '"Intro" to Philosophy',
    "Řízení projektů",
    "微積分學, 第二班",
    "מבוא למדעי המחשב",
    "مقدمة في الكيمياء",
    "Введение в биологию",
    "हिन्दी साहित्य",
    "Ethics; or: what to do?",
    "Größenordnungen & Maße",
    '"Open door',
    "Statistik für Anfänger, Übung",
    "日本史 – 近代",
    "Organic Chemistry 🧪 Lab",
    "Dějiny umění",
    "Logic = Language, Truth",
    "Musique & poésie",
    "Thesis seminar,\nspring term",
    "Žurnalistika | praxe",
    "𝒜lgebraic Geometry",
    "한국어 초급",
    "Ökonometrie",
    "<Web> Design",
    "Medieval Law's Sources",
    "Óptica",
    "Ιστορία της τέχνης",
    "ภาษาไทย",
    "Night sky, observed",
    "Distance M.A. cohort (UTC-5)",
)

VIRTUAL_EVENTS = ("", "", "", "8801", "8802")

BREAKOUTS = ("Group 1", "Group 2, online", '"Quiet" table', "グループ四", "Blue 💙", "Team\nSeven")

_GIVEN = (
    "Anna",
    "José",
    "Žofie",
    "Jürgen",
    "Siân",
    "O'Neil",
    "François",
    "美咲",
    "伟",
    "נועה",
    "محمد",
    "Ольга",
    "प्रिया",
    "Nguyễn",
    "🌟 Sam",
    "민준",
)

_FAMILY = (
    "Novák",
    "García, PhD",
    "Müller-Lüdenscheidt",
    'Smith "Smitty"',
    "de l'Étoile",
    "山田",
    "王",
    "כהן",
    "الهاشمي",
    "Иванова",
    "शर्मा",
    "Ødegård",
    "Þórsdóttir",
    "김",
    "van der Berg",
    "Jr.\nBrown",
)


def people(count: int) -> list[User]:
    """Return that many known users, always the same ones; about every 30th has a blank field.

    The first ids look like numbers with leading zeros, which must stay text.
    """
    return [_person(number) for number in range(count)]


def _person(number: int) -> User:
    given = _GIVEN[number % len(_GIVEN)]
    # The second name turns with the round, so that pairs repeat late.
    family = _FAMILY[(number * 7 + number // len(_GIVEN)) % len(_FAMILY)]
    user_id = f"{number:05d}" if number < 10 else f"user{number}@uni.example"
    return User(
        user_id=user_id,
        name="" if number % 31 == 30 else f"{given} {family}",
        email="" if number % 29 == 28 else f"user{number}@uni.example",
    )
