"""From a call to its answer: the services and actions this Kaltura has.

The order of the checks is that of Kaltura's public server source: a control character in `params`
first, then a malformed KS, then the rate limit, then whether the session is live and may use the
service, then the action itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from . import answers
from .answers import Answer
from .app_tokens import told
from .calls import REPORT_ACTION, Call
from .errors import KalturaError, kaltura_error
from .sessions import ADMIN, Account, Ks, Sessions
from .switches import Faults

# Those that XML cannot hold.
_CONTROL_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Kaltura:
    """One account on one server. `get_csv` runs a report for a caller who may run it."""

    account: Account
    sessions: Sessions
    faults: Faults
    get_csv: Callable[[Call], Answer]

    def answer(self, call: Call) -> Answer:
        """Return the answer to send, faults included."""
        fault = self.faults.striking(call)
        return fault(call, lambda: self._proper(call)) if fault else self._proper(call)

    def _proper(self, call: Call) -> Answer:
        try:
            return self._dispatched(call)
        except KalturaError as raised:
            return answers.error(call, raised)

    def _dispatched(self, call: Call) -> Answer:
        if _CONTROL_CHARACTER.search(call.given.get("params", "")):
            raise kaltura_error("INVALID_PARAMETER_CHAR", XML_FIELD="params")
        ks = self.sessions.find(call.ks) if call.ks else None
        if self.faults.blocks(call):
            raise kaltura_error(
                "ACTION_BLOCKED", ACTION_NAME=call.action, SERVICE_NAME=call.service
            )
        match call.service, call.action:
            case "session", "start":
                return answers.result(call, self.sessions.start(call.given).text)
            case "session", "startwidgetsession":
                return self._widget_session(call)
            case "apptoken", "startsession":
                return self._app_token_session(call, self._live(call, ks))
            case "apptoken", "add":
                self._check_admin(call, ks)
                token = self.sessions.add_app_token(call.given)
                return answers.result(call, told(token, self.account.partner_id))
            case service_and_action if service_and_action == REPORT_ACTION:
                self._check_admin(call, ks)
                return self.get_csv(call)
            case "session" | "apptoken" | "report", _:
                raise kaltura_error(
                    "ACTION_DOES_NOT_EXISTS", ACTION_NAME=call.action, SERVICE_NAME=call.service
                )
            case _:
                raise kaltura_error("SERVICE_DOES_NOT_EXISTS", SRV_NAME=call.service)

    def _live(self, call: Call, ks: Ks | None) -> Ks:
        if ks is None:
            raise kaltura_error("MISSING_KS")
        self.sessions.check_live(ks, call.uri)
        return ks

    def _check_admin(self, call: Call, ks: Ks | None) -> None:
        if self._live(call, ks).session_type != ADMIN:
            raise kaltura_error("SERVICE_FORBIDDEN", SERVICE=f"{call.service}->{call.action}")

    def _widget_session(self, call: Call) -> Answer:
        ks = self.sessions.start_widget(call.given)
        return answers.result(
            call,
            {
                "partnerId": self.account.partner_id,
                "ks": ks.text,
                "userId": ks.user_id,
                "objectType": "KalturaStartWidgetSessionResponse",
            },
        )

    def _app_token_session(self, call: Call, asking: Ks) -> Answer:
        ks = self.sessions.start_by_app_token(asking, call.given)
        return answers.result(
            call,
            {
                "ks": ks.text,
                "sessionType": ks.session_type,
                "partnerId": self.account.partner_id,
                "userId": ks.user_id,
                "expiry": int(ks.expires_at),
                "privileges": ks.privileges,
                "objectType": "KalturaSessionInfo",
            },
        )
