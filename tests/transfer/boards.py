"""Job boards as they really look, generated: the same seed always makes the same board.

Shapes are those of boards of 26 to 519 posts: content escaped once, requisition ids that repeat ("See Opening ID"),
parents that are not in the file, empty custom fields, locations in free text, posts of one job in several cities.
"""

import html
import random
from typing import Any

Job = dict[str, Any]  # Any: a job as JSON has it

LOCATIONS = (
    "San Francisco, CA; New York, NY",
    "Remote - US",
    "Remote, Canada",
    "London, UK",
    "Tel Aviv, Israel",
    "תל אביב, ישראל",
    "東京",
    "Hybrid - Austin, TX",
    "United States (Remote)",
    "NYC",
)
TITLES = (
    "Senior Software Engineer, Backend",
    "Account Executive, Enterprise 🚀",
    "Ingénieur·e logiciel",
    "مهندس برمجيات",
    "データエンジニア",
    "Product Manager \u2013 Growth & Monetization",
)
CONTENT = (
    '<div class="content-intro"><p><strong>About us:</strong></p><p>We build R&amp;D tools &mdash; 2 &lt; 3.</p></div>'
    "<h2>What you&rsquo;ll do</h2><ul><li>Ship <em>things</em></li><li>Write <code>&lt;div&gt;</code> by hand</li></ul>"
    '<p>&nbsp;</p><p>Apply at <a href="https://example.com/?a=1&amp;b=2" target="_blank">our page</a>. 🎉</p>'
    '<div class="content-pay-transparency"><div class="pay-range"><span>$178,000</span><span class="divider">&mdash;'
    "</span><span>$258,000 USD</span></div></div>"
)


def a_job(number: int = 1, **changes: Any) -> Job:  # Any: any JSON, that is what the test is about
    """One job post with everything that a board serves; a change to `...` takes the field away."""
    job: Job = {
        "absolute_url": f"https://boards.example.com/acme/jobs/{7_000_000 + number}",
        "data_compliance": [{"type": "gdpr", "requires_consent": False, "retention_period": None}],
        "internal_job_id": 3_000_000 + number,
        "location": {"name": "San Francisco, CA"},
        "metadata": [{"id": 5955, "name": "Employment Type", "value": "Regular", "value_type": "single_select"}],
        "id": 7_000_000 + number,
        "updated_at": "2026-01-09T14:59:55-05:00",
        "requisition_id": f"R-{number}",
        "title": "Senior Software Engineer, Backend",
        "company_name": "Acme",
        "first_published": "2025-12-02T09:49:28-05:00",
        "language": "en",
        "content": html.escape(CONTENT),
        "departments": [{"id": 7789, "name": "Engineering", "child_ids": [], "parent_id": None}],
        "offices": [
            {"id": 51, "name": "Bay Area", "location": "San Francisco, CA, USA", "child_ids": [], "parent_id": None}
        ],
    }
    job.update(changes)
    return {name: value for name, value in job.items() if value is not ...}


def a_listing(*jobs: Any) -> dict[str, Any]:  # Any: broken jobs are part of the tests
    return {"jobs": list(jobs), "meta": {"total": len(jobs)}}


def a_board(posts: int, *, seed: int = 1) -> dict[str, Any]:  # Any: JSON
    """A listing of `posts` posts by some two thirds as many jobs, in a tree of departments and offices."""
    chance = random.Random(seed)  # test data, no secrets
    return a_listing(*(_post(number, chance) for number in range(posts)))


def _post(number: int, chance: random.Random) -> Job:
    job_number = number - chance.choice((0, 0, 1)) if number else 0
    department, office = chance.randrange(30), chance.randrange(12)
    return a_job(
        number,
        internal_job_id=None if number % 50 == 49 else chance.choice((int, str))(3_000_000 + job_number),
        id=chance.choice((int, str))(7_000_000 + number),
        title=chance.choice(TITLES),
        requisition_id=chance.choice(("See Opening ID", f"R-{job_number}", "", None)),
        location=chance.choice(({"name": chance.choice(LOCATIONS)}, {"name": None}, None)),
        language=chance.choice(("en", "de", "pt-BR", None)),
        content=chance.choice((html.escape(CONTENT), "", None)),
        departments=chance.choice(([_node(department)], [])),
        offices=chance.choice(([_node(office, location=chance.choice(LOCATIONS))], [], None)),
        metadata=chance.choice((None, [], _metadata(chance))),
        pay_input_ranges=chance.choice((..., [], [_pay(chance)], [_pay(chance), _pay(chance)])),
        first_published=chance.choice(("2025-12-02T09:49:28-05:00", None)),
        application_deadline=chance.choice((None, "2027-01-31T23:59:00-05:00")),
    )


def _node(number: int, **more: Any) -> Job:  # Any: JSON
    return {"id": 100 + number, "name": f"Group {number}", "parent_id": 100 + number // 3 if number else None, **more}


def _pay(chance: random.Random) -> Job:
    low = chance.choice((0, 4_500, 17_800_000))
    return {
        "min_cents": low,
        "max_cents": low * 2,
        "currency_type": chance.choice(("USD", "CAD", None)),
        "title": chance.choice(("US Annual Pay Range", "Canada Salary Range", "Hourly rate", "", None)),
        "blurb": chance.choice((None, "<p>Per year, plus equity.</p>")),
    }


def _metadata(chance: random.Random) -> list[Job]:
    fields = (
        ("short_text", "EMEA"),
        ("long_text", "Two\nlines"),
        ("single_select", "Full-time"),
        ("multi_select", ["Corporate", "Retail"]),
        ("yes_no", True),
        ("number", "12.0"),
        ("number_range", {"min_value": "1", "max_value": "3"}),
        ("currency", {"amount": "168500.0", "unit": "USD"}),
        ("currency_range", {"min_value": "172800.0", "max_value": "297000.0", "unit": "USD"}),
        ("date", "2026-02-01"),
        ("url", "https://example.com"),
        ("user", {"id": 1, "name": "Ada"}),
        ("sparkle", "✨"),
        ("single_select", None),
    )
    picked = chance.sample(fields, 5)
    return [
        {"id": at, "name": f"Field {at}", "value_type": kind, "value": value} for at, (kind, value) in enumerate(picked)
    ]
