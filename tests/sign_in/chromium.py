"""A headless Chromium, driven by its own protocol (CDP) over a WebSocket: just enough to open pages and ask them."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_SECONDS = 60.0  # for anything that a page is to do

_OPTIONS = (
    "--headless",
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)


@dataclass
class Page:
    """One tab."""

    socket: ClientConnection
    session: str = ""
    count: int = field(default=0)
    problems: list[str] = field(default_factory=list)  # what its console has complained of since `observe`
    requests: list[str] = field(default_factory=list)  # the addresses that it has asked or connected to since then

    async def observe(self) -> None:
        """Take down from now on what the console complains of, and where requests go."""
        for domain in ("Runtime", "Log", "Network"):
            await self.call(f"{domain}.enable")

    async def call(self, method: str, **parameters: Any) -> Any:  # Any: the protocol's JSON
        """A command's result; what happens before it comes is taken down."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        await self.socket.send(json.dumps(message | ({"sessionId": self.session} if self.session else {})))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                answer = json.loads(await self.socket.recv())
                if answer.get("id") == self.count:
                    assert "error" not in answer, answer
                    return answer["result"]
                self._take_down(answer)

    def _take_down(self, event: Any) -> None:  # Any: the protocol's JSON
        told = event.get("params", {})
        match event.get("method"):
            case "Runtime.exceptionThrown":
                self.problems.append(json.dumps(told["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if told["type"] in {"error", "warning", "assert"}:
                self.problems.append(json.dumps(told["args"]))
            case "Log.entryAdded" if told["entry"]["level"] in {"error", "warning"}:  # among them broken policies
                self.problems.append(json.dumps(told["entry"]))
            case "Network.requestWillBeSent":
                self.requests.append(told["request"]["url"])
            case "Network.webSocketCreated":
                self.requests.append(told["url"])

    async def go(self, address: str) -> None:
        await self.call("Page.navigate", url=address)

    async def run(self, script: str) -> Any:  # Any: whatever the script gives
        """The value of a script in the page, a promise's once it is kept."""
        result = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    async def until(self, script: str) -> Any:  # Any: whatever the script gives
        """Wait until a script gives something that is true; it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := await self.run(script)):  # noqa: ASYNC110 - a page is asked, it tells nobody
                await asyncio.sleep(0.05)
            return found

    async def write(self, text: str) -> None:
        """Type a text into what has the focus."""
        await self.call("Input.insertText", text=text)

    async def keep_picture(self, file: Path) -> None:
        """Write down what it looks like."""
        shot = await self.call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(_keep, file, base64.b64decode(shot["data"]))

    async def shows(self, address: str) -> None:
        """Wait until the page is one whose address begins so, and is complete."""
        seen = None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    seen = await self.run("document.readyState + ' ' + location.href")
                except AssertionError:  # asked in the middle of going elsewhere
                    seen = None
                if seen is not None and str(seen).startswith(f"complete {address}"):
                    return
                await asyncio.sleep(0.05)


@asynccontextmanager
async def a_page() -> AsyncIterator[Page]:
    """A tab of a browser that was never used before."""
    with TemporaryDirectory(prefix="portal-chromium-", ignore_cleanup_errors=True) as folder:
        process = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *_OPTIONS,
            f"--user-data-dir={folder}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with connect(await _address(process), max_size=None) as socket:
                page = Page(socket)
                target = await page.call("Target.createTarget", url="about:blank")
                attached = await page.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
                page.session = attached["sessionId"]
                yield page
        finally:
            process.terminate()
            await process.communicate()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while line := await process.stderr.readline():
            text = line.decode(errors="replace").strip()
            if text.startswith("DevTools listening on "):
                return text.removeprefix("DevTools listening on ")
    raise AssertionError("Chromium has ended.")


def _keep(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
