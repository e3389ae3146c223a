"""Skills: one canonical name each, under which its other names are found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal import bounds
from portal.errors import InvalidInput
from portal.wording import slug_of

MOST_OPENING_SKILLS = 100


@dataclass(frozen=True, slots=True)
class SkillNames:
    """A skill's canonical name, its slug (unique in the organization) and what else it is called."""

    name: str
    slug: str
    aliases: tuple[str, ...]


def skill(name: str, aliases: Sequence[str] = ()) -> SkillNames:
    """The names of a skill as they are stored; an alias that spells the name again is dropped."""
    title = bounds.one_line(name, path="name")
    slug = slug_of(title, path="name")
    others: dict[str, str] = {}
    for at, alias in enumerate(bounds.lines(aliases, path="aliases")):
        others.setdefault(slug_of(alias, path=("aliases", str(at))), alias)
    others.pop(slug, None)
    return SkillNames(title, slug, tuple(others.values()))


def check_names_free(names: SkillNames, others: Iterable[SkillNames]) -> None:
    """Refuses a name or alias by which another skill is found already: one word, one skill."""
    taken = {slug: other.name for other in others for slug in slugs(other)}
    for slug in slugs(names):
        if slug in taken:
            raise InvalidInput(f"The skill {taken[slug]} is already found under that name.", path=("name",))


def slugs(names: SkillNames) -> tuple[str, ...]:
    """Every slug under which the skill is found, its own first."""
    return (names.slug, *(slug_of(alias, path="aliases") for alias in names.aliases))
