"""The posting that the demo is made of, as its employer wrote it: nothing in it is invented.

Only its form is ours: sections under their headings, teams by group, pay as a band, tags as skills.
"""

# ruff: noqa: RUF001 - the employer's own typography

from dataclasses import dataclass

from portal.openings.actions.postings import PostingSection
from portal.openings.enums import BandVisibility, PayComponent, PayInterval
from portal.openings.rules.pay import Band

ORGANIZATION = "Pinterest"
SLUG = "pinterest"
TITLE = "Senior Software Engineer, Backend"
SENIORITY = "Senior"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of teams that the posting hires for, and the department that they are in."""

    name: str
    department: str
    teams: tuple[str, ...]


GROUPS = (
    Group(
        "Core",
        "Core Engineering",
        (
            "Community Engagement",
            "Content Acquisition & Media Platform",
            "Core Product Indexing Infrastructure",
            "Creator Innovation",
            "Shopping Catalog",
            "Trust & Safety Platform",
            "Trust & Safety Signals",
            "User Understanding",
        ),
    ),
    Group(
        "Monetization",
        "Monetization Engineering",
        (
            "Ads API Platform",
            "Ads Indexing Platform",
            "Ads Reporting Infrastructure",
            "Ads Retrieval Infra",
            "Ads Serving and ML Infra",
            "Measurement Ingestion",
            "Merchant Infra",
        ),
    ),
)

# The posting's four tags, each under its own spelling, and what else people write for them.
SKILLS: dict[str, tuple[str, ...]] = {
    "rest": ("RESTful",),
    "restapi": ("REST API", "RESTful API"),
    "api": ("APIs",),
    "backend": ("back-end", "server-side"),
}

# The employer's own words are the band; the job board that showed the posting said something else.
PAY = Band(
    component=PayComponent.SALARY,
    visibility=BandVisibility.PUBLIC,
    region="US",
    currency="USD",
    minimum_minor=172_500_00,
    maximum_minor=258_700_00,
    pay_interval=PayInterval.YEAR,
    note=(
        "From the posting's own text: $172,500—$258,700 USD, base salary."
        " The job board that showed it said 178,000-258,000 $/Year."
    ),
)


def _items(*items: str) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


BODY = (
    "<p>We are looking for inquisitive, well-rounded Backend engineers to join our Core and Monetization engineering"
    " teams. Working closely with product managers, designers, and engineers, you’ll play an important role in enabling"
    " the newest technologies and experiences. You will build robust infrastructure &amp; features. You will empower"
    " both developers and Pinners alike. You’ll have the opportunity to find creative solutions to thought-provoking"
    " problems. Even better, because we covet the kind of courageous thinking that’s required in order for big bets and"
    " smart risks to pay off, you’ll be invited to create and drive new initiatives, seeing them from inception through"
    " to technical design, implementation, and release.</p>"
    "<p>This position is not eligible for relocation assistance.</p><p>US based applicants only</p>"
    "<p>#LI-CL5</p><p>#LI-REMOTE</p>"
)

SECTIONS = (
    PostingSection(
        heading="What we’re looking for",
        html=_items(
            "4+ years of industry backend development experience, building consumer or business facing products",
            "Proficiency in common backend tech stacks for RESTful API, online service, storage, caching and data"
            " processing",
            "Experience in following best practices in writing reliable and maintainable code that may be used by many"
            " other engineers",
            "Ability to keep up-to-date with new technologies to understand what should be incorporated",
            "Strong collaboration and communication skills",
        ),
    ),
    PostingSection(
        heading="What you’ll do",
        html=_items(
            "Build out the backend to power the future of inspiration on Pinterest",
            "Contribute to and lead each step of the product development process, from ideation to implementation to"
            " release; from rapidly prototyping, running A/B tests, to architecting and building solutions that can"
            " scale to support hundreds of millions of users",
            "Partner with design, product, and engineering teams to build end-to-end functionality",
            "Put on your Pinner hat to suggest new product ideas and features",
            "Employ automated testing to build features with a high degree of technical quality, taking responsibility"
            " for the components and features you develop",
            "Grow as an engineer by working with world-class peers on varied and high impact projects",
        ),
    ),
    *(
        PostingSection(
            heading=f"Backend {group.name} Engineering teams", html=_items(*group.teams).replace("&", "&amp;")
        )
        for group in GROUPS
    ),
    PostingSection(
        heading="About Pinterest",
        html=(
            "<p>Millions of people across the world come to Pinterest to find new ideas every day. It’s where they get"
            " inspiration, dream about new possibilities and plan for what matters most. Our mission is to help those"
            " people find their inspiration and create a life they love. In your role, you’ll be challenged to take on"
            " work that upholds this mission and pushes Pinterest forward. You’ll grow as a person and leader in your"
            " field, all the while helping Pinners make their lives better in the positive corner of the internet.</p>"
            "<p>Our new progressive work model is called PinFlex, a term that’s uniquely Pinterest to describe our"
            " flexible approach to living and working. Visit our PinFlex landing page to learn more.</p>"
        ),
    ),
    PostingSection(
        heading="Pay",
        html=(
            "<p>At Pinterest we believe the workplace should be equitable, inclusive, and inspiring for every employee."
            " In an effort to provide greater transparency, we are sharing the base salary range for this position. The"
            " position is also eligible for equity. Final salary is based on a number of factors including location,"
            " travel, relevant prior experience, or particular skills and expertise.</p>"
            "<p>Information regarding the culture at Pinterest and benefits available for this position can be found"
            " here.</p><p>$172,500—$258,700 USD</p>"
        ),
    ),
)

EEO_STATEMENT = (
    "Pinterest is an equal opportunity employer and makes employment decisions on the basis of merit. We want to have"
    " the best qualified people in every job. All qualified applicants will receive consideration for employment"
    " without regard to race, color, religion, sex, sexual orientation, gender identity, national origin, disability,"
    " protected veteran status, or any other characteristic under federal, state, or local law. We also consider"
    " qualified applicants regardless of criminal histories, consistent with legal requirements."
)

# The address was hidden where the posting was copied from.
ACCOMMODATION_CONTACT = (
    "If you require an accommodation during the job application process, please notify [email protected] for support."
)
