"""Résumés as people really write them, generated."""

from typing import Any

Resume = dict[str, Any]  # Any: a résumé as JSON has it


def a_resume(**basics: Any) -> Resume:  # Any: any JSON, that is what the tests are about
    """A résumé with a name, an e-mail address and one entry of each kind; a change to `...` takes the field away."""
    stated = {"name": "Ada Lovelace", "email": "ada@example.com", "label": "Programmer", **basics}
    return {
        "basics": {name: value for name, value in stated.items() if value is not ...},
        "work": [{"name": "Analytical Engines", "position": "Engineer", "startDate": "1942-10", "endDate": "1943"}],
        "education": [{"institution": "Home", "studyType": "Lessons", "area": "Mathematics"}],
        "skills": [{"name": "Python", "level": "Master", "keywords": ["asyncio"]}],
    }


def with_work(**entry: Any) -> Resume:  # Any: JSON
    return {**a_resume(), "work": [{"name": "Analytical Engines", **entry}]}
