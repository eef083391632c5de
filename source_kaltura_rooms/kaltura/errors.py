"""What can stand between a request and its report, and what to do about it.

    ReportError        a report cannot be read: a sentence for the user, and what to do about it
    └── Refused        one request got no report, after all tries; holds a Refusal

    Refusal            one answer (or none) in place of a report. `refusals` makes it of what
                       Kaltura answered, `network` of what the network did.

`report_csv` raises NotAReport and MissingColumns; `client` turns both into Refused. So whoever
reads a report catches ReportError, and whoever can ask for less looks at its action.

The table of Kaltura's codes is at the end; `docs/kaltura.md`, "Errors", says where it is from.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class ErrorAction(enum.Enum):
    """What to do about a refusal. `RetryPolicy` says how often a request is tried again."""

    CONFIG_ERROR = "fail: only the user can correct it"
    RENEW_KS = "open a new KS and ask again"
    WAIT = "wait for the rate limit, then ask again"
    RETRY = "ask again for a while"
    RETRY_ONCE = "ask again once"
    RECONNECT = "try a few times to reach the server"
    RETRY_THEN_SPLIT = "ask again twice, then ask for less"
    SPLIT = "ask for less"
    GIVE_UP = "fail: neither the user nor time corrects it"


@dataclass(frozen=True)
class Refusal:
    """An answer that is not what was asked for.

    `code` is Kaltura's code, or a few words where there is none. `remedy` says to the user what to
    do. `detail` is what else was said; it may hold secrets, so it must not be shown before they are
    masked. `timed_out` tells that the answer took too long. `happened` is the beginning of a
    sentence that says what happened. `retry_after` is how many seconds the server asked to wait.
    """

    code: str
    action: ErrorAction
    remedy: str
    detail: str = ""
    timed_out: bool = False
    happened: str = ""
    retry_after: float | None = None

    def __post_init__(self) -> None:
        if not self.happened:
            object.__setattr__(self, "happened", f"Kaltura answered {self.code}")


class ReportError(Exception):
    """A report that cannot be read.

    `sentence` says to the user what happened and what to do; `action` is what the connector does
    about errors of this kind; `detail` is what else is known, and may hold secrets.
    """

    def __init__(self, sentence: str, action: ErrorAction, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.action = action
        self.detail = detail


class Refused(ReportError):
    """A request got no report, after all tries that the refusal's action allows.

    `tried` says how often and for how long it was tried, `asking_for` what was asked for, where
    that is known.
    """

    def __init__(self, refusal: Refusal, tried: str = "", *, asking_for: str = "") -> None:
        self.refusal = refusal
        self.tried = tried
        self.asking_for = asking_for
        asking = f" when asked for {asking_for}" if asking_for else ""
        tries = f" ({tried})" if tried else ""
        super().__init__(
            f"{refusal.happened}{asking}{tries}. {refusal.remedy}", refusal.action, refusal.detail
        )


TOO_MUCH = (
    "It was too much for one request. Lower window_in_days, or narrow the stream with filters "
    "such as entry_ids."
)
TOO_MUCH_OR_DOWN = (
    "Either it was too much for one request, or Kaltura's analytics are down. Try again later; if "
    "it stays, lower window_in_days or narrow the stream with filters such as entry_ids, or show "
    "this message to Kaltura's support."
)
TRY_LATER = "This usually passes; if it stays, show this message to Kaltura's support."
LIMITED = "Kaltura limits the number of calls. Lower num_workers, or sync at another time."
GIVE_ANOTHER_KS = (
    "Give a new KS, or better an app token, with which the connector opens a new KS by itself."
)
_BLOCKED = "The Kaltura account or user is blocked, deleted or not active yet; ask Kaltura."
_PARAMETER = (
    "Kaltura did not accept what it was asked; look for unusual characters in the filters of the "
    "configuration, or report it to the connector's maintainers."
)
_UNKNOWN = "The connector does not know this code; please report it to the connector's maintainers."
UNKNOWN_CODE = (ErrorAction.GIVE_UP, _UNKNOWN)

CODES: Mapping[str, tuple[ErrorAction, str]] = {
    "INVALID_KS": (
        ErrorAction.RENEW_KS,
        "The KS (Kaltura's session) is not valid, or not any more. " + GIVE_ANOTHER_KS,
    ),
    "MISSING_KS": (
        ErrorAction.CONFIG_ERROR,
        "No KS (Kaltura's session) arrived at Kaltura; check the credentials.",
    ),
    "SERVICE_FORBIDDEN": (
        ErrorAction.CONFIG_ERROR,
        "These credentials may not run reports. Use an app token or user whose role has the "
        "permission ANALYTICS_BASE, or an admin secret.",
    ),
    "SERVICE_ACCESS_CONTROL_RESTRICTED": (
        ErrorAction.CONFIG_ERROR,
        "The account's access control does not allow this call: use https in api_url, and ask the "
        "account's owner whether only some IP addresses or countries are allowed.",
    ),
    "SERVICE_FORBIDDEN_CONTENT_BLOCKED": (ErrorAction.CONFIG_ERROR, _BLOCKED),
    "SERVICE_FORBIDDEN_FULLY_BLOCKED": (ErrorAction.CONFIG_ERROR, _BLOCKED),
    "SERVICE_FORBIDDEN_PARTNER_DELETED": (ErrorAction.CONFIG_ERROR, _BLOCKED),
    "USER_BLOCKED": (ErrorAction.CONFIG_ERROR, _BLOCKED),
    "ACCESS_UNAUTHORIZED": (ErrorAction.CONFIG_ERROR, _BLOCKED),
    "SERVICE_DOES_NOT_EXISTS": (  # Kaltura's own spelling
        ErrorAction.CONFIG_ERROR,
        "The server at api_url does not offer Kaltura's reports; check api_url.",
    ),
    "REPORT_NOT_FOUND": (
        ErrorAction.CONFIG_ERROR,
        "This server does not have the report. Check that api_url is the server of your account's "
        "region, ask Kaltura for the report, or deselect the stream.",
    ),
    "REPORT_PARAMETER_MISSING": (ErrorAction.CONFIG_ERROR, _PARAMETER),
    "MISSING_MANDATORY_PARAMETER": (ErrorAction.CONFIG_ERROR, _PARAMETER),
    "INVALID_PARAMETER_CHAR": (ErrorAction.CONFIG_ERROR, _PARAMETER),
    "START_SESSION_ERROR": (
        ErrorAction.CONFIG_ERROR,
        "Check partner_id and admin_secret, and that api_url is the server of your account's "
        "region.",
    ),
    "APP_TOKEN_ID_NOT_FOUND": (
        ErrorAction.CONFIG_ERROR,
        "The account has no app token with this id; check app_token_id and partner_id.",
    ),
    "APP_TOKEN_NOT_ACTIVE": (
        ErrorAction.CONFIG_ERROR,
        "The app token is disabled; enable it in Kaltura.",
    ),
    "APP_TOKEN_EXPIRED": (
        ErrorAction.CONFIG_ERROR,
        "The app token has expired; make a new one in Kaltura.",
    ),
    "INVALID_APP_TOKEN_HASH": (
        ErrorAction.CONFIG_ERROR,
        "Check app_token, and that hash_type is the one that the token was made with.",
    ),
    "INVALID_WIDGET_ID": (
        ErrorAction.CONFIG_ERROR,
        "There is no account with this number; check partner_id and api_url.",
    ),
    "ACTION_BLOCKED": (ErrorAction.WAIT, LIMITED),
    "DRUID_QUERY_TIMED_OUT": (ErrorAction.SPLIT, TOO_MUCH),
    "SEARCH_TOO_GENERAL": (ErrorAction.SPLIT, TOO_MUCH),
    "INTERNAL_SERVERL_ERROR": (  # Kaltura's own spelling
        ErrorAction.RETRY_THEN_SPLIT,
        TOO_MUCH_OR_DOWN,
    ),
    "INTERNAL_SERVER_ERROR": (ErrorAction.RETRY_THEN_SPLIT, TOO_MUCH_OR_DOWN),
    "INTERNAL_DATABASE_ERROR": (ErrorAction.RETRY, TRY_LATER),
    "LOCK_TIMED_OUT": (ErrorAction.RETRY, TRY_LATER),
}

KS_REASONS: Mapping[str, tuple[ErrorAction, str]] = {
    "EXPIRED": (ErrorAction.RENEW_KS, "The KS (Kaltura's session) has expired."),
    "LOGOUT": (ErrorAction.RENEW_KS, "The KS (Kaltura's session) was ended by a logout."),
    "EXCEEDED_ACTIONS_LIMIT": (
        ErrorAction.RENEW_KS,
        "The KS (Kaltura's session) was opened for a number of calls, all of which were made.",
    ),
    "INVALID_STR": (ErrorAction.RENEW_KS, "The text of the KS (Kaltura's session) is damaged."),
    "INVALID_TYPE": (
        ErrorAction.RENEW_KS,
        "The KS (Kaltura's session) is of a type that may not make this call.",
    ),
    "INVALID_USER": (ErrorAction.RENEW_KS, "The user of the KS (Kaltura's session) is not known."),
    "INVALID_PARTNER": (
        ErrorAction.RENEW_KS,
        "The KS (Kaltura's session) is of an account that this server does not know; check "
        "partner_id and api_url.",
    ),
    # Another KS of the same credentials would have the same restriction.
    "EXCEEDED_RESTRICTED_IP": (
        ErrorAction.CONFIG_ERROR,
        "The KS (Kaltura's session) may be used from other IP addresses only. Use credentials "
        "without this restriction (iprestrict), or with one that names this machine's address.",
    ),
    "EXCEEDED_RESTRICTED_URI": (
        ErrorAction.CONFIG_ERROR,
        "The KS (Kaltura's session) may be used for other calls only. Use credentials without this "
        "restriction (urirestrict), or with one that allows report/action/getCsvFromStringParams.",
    ),
}
"""What `INVALID_KS` gives as its reason, where Kaltura's message would quote the KS."""
