"""Mail for people who are not signed in. It is not sent from here: each message is a file in a Maildir in the data
directory, `outgoing-mail`, which a mailer of the operator's picks up (README.md). Only its owner reads it.
"""

import asyncio
import mailbox
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from portal.sign_in.actions.account_links import NewLink
from portal.sign_in.enums import LinkPurpose

_SUBJECTS = {
    LinkPurpose.INVITATION: "You are invited to the hiring portal",
    LinkPurpose.RESET: "A new password for the hiring portal",
}
_TEXTS = {
    LinkPurpose.INVITATION: "you are invited to the hiring portal. Choose a password to come in:",
    LinkPurpose.RESET: (
        "somebody, probably you, asked for a new password for the hiring portal. Choose it here; if it was not you, do "
        "nothing, and everything stays as it is:"
    ),
}


class OutgoingMail:
    """Writes messages with links of the portal at `public_url`."""

    def __init__(self, data_directory: Path, public_url: str) -> None:
        self._directory = data_directory / "outgoing-mail"
        self._public_url = public_url

    def address_of(self, link: NewLink) -> str:
        """Where a link leads. Its text is behind the #, which browsers send nobody, so no server's log has it."""
        if link.text is None:
            raise RuntimeError("A link's text is known only when it is made.")
        return f"{self._public_url}/auth/link#{link.text}"

    async def send(self, link: NewLink, now: datetime) -> None:
        """Write the message that brings a member their link."""
        message = EmailMessage(policy=SMTPUTF8)
        host = urlsplit(self._public_url).hostname
        message["From"] = f"Hiring portal <no-reply@{host}>"
        message["To"] = link.email
        message["Subject"] = _SUBJECTS[link.purpose]
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{uuid4().hex}@{host}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(
            f"Hello {link.name},\n\n{_TEXTS[link.purpose]}\n\n{self.address_of(link)}\n\n"
            f"The link works once, until {link.expires_at:%Y-%m-%d %H:%M} UTC.\n"
        )
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        self._directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mailbox.Maildir(self._directory, create=True).add(message)
