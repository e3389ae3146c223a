"""What the benchmark's people, teams and openings are called."""

from random import Random

COMPANIES = ("Acme", "Globex", "Initech", "Umbrella", "Hooli", "Stark", "Wayne", "Tyrell", "Cyberdyne", "Wonka")
DEPARTMENTS = ("Engineering", "Product", "Design", "Sales", "Marketing", "Finance", "People", "Legal", "Support")
TEAMS = ("Checkout", "Search", "Payments", "Platform", "Growth", "Mobile", "Data", "Security", "Ads", "Maps", "Core")
CITIES = ("Berlin", "New York", "São Paulo", "Łódź", "Zürich", "London", "Austin", "Singapore", "Toronto", "Kraków")
TITLES = (
    "Senior Software Engineer, Backend",
    "Product Designer",
    "Account Executive",
    "Data Scientist",
    "Site Reliability Engineer",
    "Engineering Manager",
    "Recruiter",
    "Financial Analyst",
    "Customer Support Lead",
)
REASONS = (
    ("Not enough experience", "BY_ORGANIZATION"),
    ("Somebody else was chosen", "BY_ORGANIZATION"),
    ("Did not answer", "OTHER"),
    ("Took another offer", "BY_CANDIDATE"),
    ("Pay", "BY_CANDIDATE"),
)
TAGS = (
    "backend", "design", "diversity event", "distributed systems", "fintech", "go", "graduate", "kotlin",
    "leadership", "machine learning", "postgres", "python", "referred", "remote", "rust", "silver medalist",
    "typescript", "would relocate",
)  # fmt: skip
HEADLINES = (
    "Backend engineer who likes small services and large databases",
    "Designs checkout flows for people in a hurry",
    "Ten years of sales in industrial software",
    "Data scientist, formerly a physicist",
    "Keeps things running; writes about incidents",
    "Leads teams of five to twenty",
)
_FIRST = ("Ada", "Grace", "Linus", "Zoë", "José", "Mei", "Olu", "Priya", "Søren", "Iris", "Hugo", "Olga", "Tom", "Ana")
_LAST = ("Lovelace", "Hopper", "Nakamura", "O'Neill", "García", "Müller", "Okafor", "Svensson", "Kowalski", "Singh")


def full_name(random: Random) -> str:
    """A name; many people share one, as in life."""
    return f"{random.choice(_FIRST)} {random.choice(_LAST)}"
