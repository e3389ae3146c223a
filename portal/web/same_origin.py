"""Whether a request that a browser sent with our cookie was made by a page of ours.

A browser adds cookies by itself, whichever site's page makes the request. So such a request must be one that another
site's page can't make without asking us first: a POST of JSON with a header of our own; and the browser itself must say
where it comes from. A token is added by no browser, so none of this is asked of a request with one.
"""

from dataclasses import dataclass

from portal.web.errors import BadRequest, ErrorCode, Refused
from portal.web.execution import Presented
from portal.web.negotiation import check_request_type

OUR_HEADER = "x-requested-with"
OUR_VALUE = "portal"


@dataclass(frozen=True, slots=True)
class SameOrigin:
    """The one origin whose pages may use our cookies, as https://portal.example.com."""

    origin: str

    def check(self, presented: Presented) -> None:
        """Refuses a request that some other site's page may have made the browser send.

        A WebSocket's handshake can't have a header of our own. It needs none: browsers say whose page it is.
        """
        if not presented.is_handshake:
            self._check_form(presented)
        if not self._is_ours(presented):
            raise Refused(
                ErrorCode.FORBIDDEN,
                f"A cookie counts only in requests of the portal's own pages, at {self.origin}; others sign in with a "
                "token.",
            )

    def _check_form(self, presented: Presented) -> None:
        if presented.method != "POST":
            raise BadRequest(
                "Signed in by a cookie, send requests by POST.", status=405, headers=((b"allow", b"POST"),)
            )
        check_request_type(presented.headers.get(b"content-type", b""))
        if presented.header(OUR_HEADER.encode()) != OUR_VALUE:
            raise Refused(ErrorCode.FORBIDDEN, f"Signed in by a cookie, send the header X-Requested-With: {OUR_VALUE}.")

    def _is_ours(self, presented: Presented) -> bool:
        # Browsers say it themselves, and no page can change it; those before 2023 only say the page's origin.
        site = presented.header(b"sec-fetch-site")
        if site == "same-origin":
            return True
        return site in (None, "none") and presented.header(b"origin") == self.origin
