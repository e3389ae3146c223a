"""The pages of docs/api: each example is sent to the demo, and the answer is as the page says."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from portal.web.live.websocket import SUBPROTOCOL
from tests.cli.processes import ROOT, Running

# One worker: the demo takes a few seconds to be made.
pytestmark = pytest.mark.xdist_group("demo")

FOLDER = ROOT / "docs" / "api"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "reference.md")
BLOCK = re.compile(r"(?:<!-- as (\w+) -->\n+)?```(graphql|sh|websocket|json variables|json|text)\n(.*?)```", re.DOTALL)
LINKING = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#]*)#?([^)]*)\)")


@dataclass(frozen=True)
class Example:
    """What a page says to send, as whom, and what it says comes back."""

    page: str
    number: int  # on its page, from 1
    kind: str  # graphql, sh, or websocket: a conversation, which is its own answer
    text: str
    role: str
    variables: dict[str, Any]  # JSON
    answer: object


def examples() -> Iterator[Example]:
    for page in PAGES:
        blocks = BLOCK.findall(page.read_text())
        number = 0
        while blocks:
            number += 1
            role, kind, text = blocks.pop(0)
            if kind == "websocket":
                yield Example(page.name, number, kind, text, role or "recruiter", {}, None)
                continue
            variables = json.loads(blocks.pop(0)[2]) if blocks[0][1] == "json variables" else {}
            _, answered_in, answer = blocks.pop(0)
            assert answered_in in ("json", "text"), f"{page.name}: an example without its answer"
            expected = json.loads(answer) if answered_in == "json" else answer
            yield Example(page.name, number, kind, text, role or "recruiter", variables, expected)


@pytest.mark.parametrize("example", list(examples()), ids=lambda example: f"{example.page}-{example.number}")
def test_an_example_is_answered_as_the_page_says(demo: Running, example: Example) -> None:
    token = json.loads(demo.place.tokens_file.read_text())[example.role]["token"]

    if example.kind == "websocket":
        talk(demo, example, token)
        return
    answer = shell(example, demo.place.port, token) if example.kind == "sh" else asked(demo, example, token)

    if isinstance(answer, dict) and example.page != "costs.md":
        answer.pop("extensions", None)
    assert as_said(answer, example.answer) == example.answer


def test_there_are_examples_on_the_pages_that_explain_requests() -> None:
    assert {example.page for example in examples()} == {
        "authentication.md",
        "costs.md",
        "filters.md",
        "idempotency.md",
        "pagination.md",
        "permissions.md",
        "subscriptions.md",
        "trusted-documents.md",
    }


@pytest.mark.parametrize("page", LINKING, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text())

    assert [f"{target}#{heading}" for target, heading in links if not leads_somewhere(page, target, heading)] == []


def leads_somewhere(page: Path, target: str, heading: str) -> bool:
    if "://" in target:
        return True
    file = page.parent / target if target else page
    return file.exists() and (not heading or headings(file).count(heading) == 1)


def headings(page: Path) -> list[str]:
    """What the headings of a page are linked by, as GitHub has it."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles]


def asked(demo: Running, example: Example, token: str) -> object:
    answer: object
    try:
        answer = demo.post({"query": example.text, "variables": example.variables}, token)
    except HTTPError as refusal:
        with refusal:
            answer = json.load(refusal)
    return answer


def talk(demo: Running, example: Example, token: str) -> None:
    """Say what a conversation says to say (→), and hear what it says to hear (←)."""
    with connect(f"ws://127.0.0.1:{demo.place.port}/graphql", subprotocols=[Subprotocol(SUBPROTOCOL)]) as socket:
        for line in example.text.splitlines():
            direction, message = line.split(" ", 1)
            if direction == "→":
                socket.send(message.replace("$TOKEN", token))
            else:
                said = json.loads(message)
                assert as_said(json.loads(socket.recv(timeout=60)), said) == said


def shell(example: Example, port: int, token: str) -> object:
    command = example.text.replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    done = subprocess.run(
        ["sh", "-c", command], env={"PATH": os.defpath, "TOKEN": token}, capture_output=True, check=True, timeout=60
    )
    if isinstance(example.answer, str):
        return done.stdout.decode().strip() + "\n"
    answer: object = json.loads(done.stdout)
    return answer


def as_said(answer: object, said: object) -> object:
    """The answer, with … wherever the page leaves out what is no other's business."""
    match answer, said:
        case _, "…" if answer:
            return "…"
        case str(text), str(pattern):
            parts = map(re.escape, pattern.split("…"))
            return pattern if re.fullmatch(".+".join(parts), text) else text
        case dict(found), dict(expected):
            return {name: as_said(value, expected.get(name)) for name, value in found.items()}
        case list(found), list(expected):
            return [as_said(value, other) for value, other in zip(found, expected, strict=False)] + found[
                len(expected) :
            ]
        case _:
            return answer
