"""The department and office trees behind a board's jobs: each job mentions some nodes with parent and children."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from portal.transfer.board import ImportedNode
from portal.transfer.documents import Json
from portal.transfer.fields import Fields, Notes, identifier
from portal.transfer.outcomes import WarningCode
from portal.transfer.places import place_of

# The board API's stand-in for "none".
_NO_NODE = "0"


@dataclass
class TreeReader:
    """Gathers the nodes of one kind from all jobs, then makes a tree of them.

    A node's own parent_id counts; only when it has none, another node's child_ids do. A parent that the file does not
    hold makes its child a root, and a cycle is cut at its smallest id; both with one warning each.
    """

    kind: str
    notes: Notes
    nodes: dict[str, ImportedNode] = field(default_factory=dict)
    _claimed: dict[str, set[str]] = field(default_factory=dict)

    def mention(self, job: Fields) -> tuple[str, ...] | None:
        """Takes in the nodes that a job mentions; returns their ids in order, None when the job has no such list."""
        name = f"{self.kind}s"
        if not job.has(name):
            return None
        ids = [self._node(fields) for fields in job.objects(name)]
        job.done(name)
        return tuple(dict.fromkeys(node_id for node_id in ids if node_id is not None))

    def tree(self) -> tuple[ImportedNode, ...]:
        """All nodes, every parent before its children, siblings by id."""
        parents = {node_id: self._parent_of(node_id) for node_id in sorted(self.nodes, key=_by_number)}
        for node_id in parents:
            self._cut_cycle(parents, node_id)
        ordered: dict[str, ImportedNode] = {}
        for node_id in parents:
            for step in reversed(_path_up(parents, node_id)):
                ordered.setdefault(step, replace(self.nodes[step], parent=parents[step]))
        return tuple(ordered.values())

    def _node(self, fields: Fields) -> str | None:
        node_id = fields.identifier("id")
        if node_id == _NO_NODE:
            return None
        name = fields.line("name")
        if node_id is None or name is None:
            fields.warn(WarningCode.LEFT_OUT, "", f"A {self.kind} without an id or a name was left out.")
            return None
        known = self.nodes.get(node_id)
        if known is None:
            self.nodes[node_id] = self._read(fields, node_id, name)
        else:
            self._compare(known, fields, name)
        self._claim(node_id, fields.take("child_ids"))
        return node_id

    def _compare(self, known: ImportedNode, fields: Fields, name: str) -> None:
        """A later mention may add the parent that an earlier one left out, but not change what was said."""
        if known.parent is None:
            parent = fields.identifier("parent_id")
            self.nodes[known.external_id] = replace(known, parent=None if parent == _NO_NODE else parent)
        if known.name != name:
            message = f"{self.kind} {known.external_id} is called both {known.name} and {name}; the first is kept."
            fields.warn(WarningCode.CONFLICT, "name", message)

    def _read(self, fields: Fields, node_id: str, name: str) -> ImportedNode:
        parent = fields.identifier("parent_id")
        return ImportedNode(
            external_id=node_id,
            name=name,
            parent=None if parent == _NO_NODE else parent,
            place=place_of(_location_of(fields) or name) if self.kind == "office" else None,
            raw={key: value for key, value in fields.raw().items() if key not in {"child_ids", "jobs", "children"}},
        )

    def _claim(self, parent: str, children: Json) -> None:
        for child in children if isinstance(children, (list, tuple)) else ():
            node_id = identifier(child)
            if node_id is not None:
                self._claimed.setdefault(node_id, set()).add(parent)

    def _parent_of(self, node_id: str) -> str | None:
        stated = self.nodes[node_id].parent
        if stated is None:
            claims = sorted(self._claimed.get(node_id, ()), key=_by_number)
            return claims[0] if claims else None
        if stated in self.nodes:
            return stated
        message = (
            f"The parent {stated} of {self.kind} {self.nodes[node_id].name} is not in the file; it becomes a root."
        )
        self.notes.warn(WarningCode.MISSING_PARENT, "parent_id", message)
        return None

    def _cut_cycle(self, parents: dict[str, str | None], node_id: str) -> None:
        """Makes `id` a root when it is its own ancestor. Ids come in order, so a cycle is cut at its smallest."""
        above = parents[node_id]
        seen = {node_id}
        while above is not None and above not in seen:
            seen.add(above)
            above = parents[above]
        if above == node_id:
            parents[node_id] = None
            message = f"{self.kind} {self.nodes[node_id].name} is its own ancestor; it becomes a root."
            self.notes.warn(WarningCode.CYCLE, "parent_id", message)


def _path_up(parents: Mapping[str, str | None], node_id: str) -> list[str]:
    """The node and its ancestors, nearest first."""
    path = [node_id]
    above = parents[node_id]
    while above is not None:
        path.append(above)
        above = parents[above]
    return path


def _location_of(fields: Fields) -> str | None:
    """An office's location: text on boards, an object with a name in other exports."""
    if isinstance(fields.peek("location"), Mapping):
        return fields.object("location").line("name")
    return fields.line("location")


def _by_number(node_id: str) -> tuple[int, str]:
    return len(node_id), node_id
