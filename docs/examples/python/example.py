"""Reads a board by pages, moves somebody to another stage, and waits to be told of it.

PORTAL_URL=http://127.0.0.1:8000 PORTAL_TOKEN=portal_live_… python example.py opn_0193…
"""

import asyncio
import os
import sys
from contextlib import aclosing

from portal_client import Application, Change, Portal


async def main(opening_id: str) -> None:
    async with Portal(os.environ["PORTAL_URL"], os.environ["PORTAL_TOKEN"]) as portal:
        print("Signed in as", ", ".join(await portal.roles()))
        board = [application async for application in portal.active_applications(opening_id)]
        print(f"{len(board)} active applications")

        if not board:
            print("Nobody is there to be moved: take another opening.")
            return
        change = await move_and_hear(portal, opening_id, board[0])
        print("Told:", change.type)


async def move_and_hear(portal: Portal, opening_id: str, application: Application) -> Change:
    """Move an application, and wait for the first change of its opening's pipeline."""
    async with aclosing(portal.pipeline_changes(opening_id)) as changes:
        telling = asyncio.ensure_future(anext(changes))
        try:
            await asyncio.sleep(1)  # the subscription begins with what happens from now on
            await move_one(portal, opening_id, application)
            return await telling
        finally:  # what still waits for a change has to end before its subscription is closed
            telling.cancel()
            await asyncio.wait([telling])


async def move_one(portal: Portal, opening_id: str, application: Application) -> None:
    """Move an application to another stage of its opening than the one that it is in."""
    if application.stage is None or application.candidate is None:
        raise LookupError("You may see this application, but not where it stands.")
    here = application.stage
    there = next(stage for stage in await portal.stages(opening_id) if stage.id != here.id)
    await portal.move(application.id, here.id, there.id)
    print(f"Moved {application.candidate.name} from {here.name} to {there.name}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
