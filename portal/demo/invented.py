"""Invented people: names, employers and schools from lists, addresses at example.com, numbers kept for fiction.

Nobody here exists. The same seed always invents the same people.
"""

from dataclasses import dataclass
from datetime import date
from random import Random

from portal.candidates.enums import ContactKind, DatePrecision
from portal.candidates.rules.contacts import GivenContact
from portal.candidates.rules.profiles import Education, Employment, Names, PartialDate

_FIRST_NAMES = """
Abena Adil Agnes Aiko Alba Amara Amit Anouk Arjun Asha Aurel Ayla Bastian Beatriz Bo Bruna Camille Chidi Clara Dario
Dalia Davi Delia Dev Edda Ekene Elif Elio Enzo Esra Fadil Farah Felix Fiona Gael Gemma Hana Hamza Helga Hiro Ida
Imani Ishaan Jana Javier Jonas Jun Kaia Kenji Kofi Lena Leon Lina Luca Maja Malik Marta Mateo Mei Milo Mira Nadia
Nia Nils Noor Odile Omar Oskar Paloma Pavel Priya Quentin Rania Ravi Rosa Ruben Sana Selma Soren Sunita Tariq Thea
Tomas Uma Viktor Wanda Xenia Yara Yusuf Zara Zoltan
"""
_LAST_NAMES = """
Abbott Adeyemi Almeida Andersson Bakker Banerjee Barros Becker Bello Berg Blanco Bose Brandt Caldwell Castro
Chaudhry Conti Cruz Dahl Das Delgado Diallo Duarte Dvorak Eklund Eze Faria Farouk Fischer Fontaine Fujita Garza
Gauthier Haddad Hakimi Hansen Hofer Huang Ibarra Ivanova Jansen Jha Joshi Kaur Keita Khalil Kim Kowalski Kruger Lam
Larsen Leclerc Lindqvist Lopes Madsen Mahmoud Marin Mbeki Mehta Moreau Nakamura Ndiaye Novak Nwosu Okafor Olsen Park
Patel Pereira Petrov Quispe Rahimi Ramos Rao Reyes Rossi Sato Schmitt Sharma Silveira Singh Sorensen Suzuki Takeda
Tanaka Thapa Toure Vargas Vasquez Vogel Wagner Wolff Yamada Yilmaz Zhang Zimmer
"""
_EMPLOYERS = (
    "Birchlake Systems",
    "Cobalt & Pine",
    "Dovetail Freight",
    "Emberline",
    "Fernway Bank",
    "Gullwing Mobility",
    "Harborlight Health",
    "Inkwell Commerce",
    "Juniper Post",
    "Kestrel Analytics",
    "Lanternfish Games",
    "Mossgate Media",
    "Northdrift Cloud",
    "Orchard Pay",
    "Pebbleworks",
)
_SCHOOLS = ("Alder State University", "Brightwater College", "Cedar Valley Institute", "Dunmore University")
_AREAS = ("Computer Science", "Software Engineering", "Mathematics", "Electrical Engineering", "Physics")
_TITLES = ("Software Engineer", "Backend Engineer", "Senior Software Engineer", "Platform Engineer", "Staff Engineer")
_CITIES = ("Austin, TX", "Boston, MA", "Chicago, IL", "Denver, CO", "Portland, OR", "Raleigh, NC", "Seattle, WA")
SKILLS = (
    *("rest", "restapi", "api", "backend", "Python", "Java", "Go", "Kotlin", "C++", "PostgreSQL", "MySQL", "Kafka"),
    *("Redis", "Kubernetes", "gRPC", "Spark", "Flink", "AWS"),
)
TAGS = ("ads", "distributed systems", "on-call", "platform", "search", "storage", "streaming", "team lead", "trust")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who might apply. `skills` are (name, level), names of SKILLS."""

    names: Names
    headline: str
    location: str
    contacts: tuple[GivenContact, ...]
    employments: tuple[Employment, ...]
    educations: tuple[Education, ...]
    skills: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]


def people(count: int, chance: Random, *, today: date) -> list[Person]:
    """So many people, each with a name of their own."""
    names = [(first, last) for first in _FIRST_NAMES.split() for last in _LAST_NAMES.split()]
    return [_person(first, last, at, chance, today) for at, (first, last) in enumerate(chance.sample(names, count))]


def _person(first: str, last: str, at: int, chance: Random, today: date) -> Person:
    years = chance.randint(4, 16)
    title, employer = chance.choice(_TITLES), chance.choice(_EMPLOYERS)
    contacts = [GivenContact(ContactKind.EMAIL, f"{first}.{last}@example.com".lower())]
    if chance.random() < 0.7:
        # 555-0100 to 555-0199 is kept for fiction; the area code tells people apart.
        contacts.append(GivenContact(ContactKind.PHONE, f"+1 {201 + at % 780} 555 01{chance.randint(0, 99):02}"))
    skills = chance.sample(SKILLS, chance.randint(2, 6))
    return Person(
        names=Names(name=f"{first} {last}", first_name=first, last_name=last),
        headline=f"{title} at {employer}, {years} years",
        location=chance.choice(_CITIES),
        contacts=tuple(contacts),
        employments=_employments(title, employer, years, chance, today),
        educations=(_education(today.year - years, chance),),
        skills=tuple((skill, chance.choice(("working", "strong", "expert"))) for skill in skills),
        tags=tuple(chance.sample(TAGS, chance.choice((0, 0, 1, 1, 2)))),
    )


def _employments(title: str, employer: str, years: int, chance: Random, today: date) -> tuple[Employment, ...]:
    """The present job, and before it another one, without a gap."""
    since = date(today.year - chance.randint(1, years - 1), chance.randint(1, 12), 1)
    before = chance.choice([other for other in _EMPLOYERS if other != employer])
    first = PartialDate(date(today.year - years, 1, 1), DatePrecision.YEAR)
    return (
        Employment(company=employer, title=title, started=PartialDate(since, DatePrecision.MONTH), is_current=True),
        Employment(
            company=before, title="Software Engineer", started=first, ended=PartialDate(since, DatePrecision.MONTH)
        ),
    )


def _education(ended: int, chance: Random) -> Education:
    return Education(
        institution=chance.choice(_SCHOOLS),
        area=chance.choice(_AREAS),
        degree=chance.choice(("BSc", "BSc", "MSc")),
        started=PartialDate(date(ended - 4, 1, 1), DatePrecision.YEAR),
        ended=PartialDate(date(ended, 1, 1), DatePrecision.YEAR),
    )
