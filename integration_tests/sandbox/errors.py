"""Kaltura's errors: codes and the words that come with them, from its public server source."""

from __future__ import annotations

import re

_MESSAGES = {
    "ACTION_BLOCKED": 'Action "@ACTION_NAME@" in service "@SERVICE_NAME@" is blocked',
    "ACTION_DOES_NOT_EXISTS": (
        'Action "@ACTION_NAME@" does not exists for service "@SERVICE_NAME@"'
    ),
    "APP_TOKEN_EXPIRED": 'Application token id "@ID@" expired',
    "APP_TOKEN_ID_NOT_FOUND": 'Application token id "@ID@" not found',
    "APP_TOKEN_NOT_ACTIVE": 'Application token id "@ID@" not active',
    "DRUID_QUERY_TIMED_OUT": "Query timed out",
    "INTERNAL_DATABASE_ERROR": "Internal database error",
    "INTERNAL_SERVERL_ERROR": "Internal server error occurred",
    "INTERNAL_SERVER_ERROR": "Internal server error @ERR_TEXT@",
    "INVALID_APP_TOKEN_HASH": "Invalid application token hash",
    "INVALID_PARAMETER_CHAR": 'Invalid char in "@XML_FIELD@" field',
    "INVALID_KS": 'Invalid KS "@KSID@", Error "@ERR_CODE@,@ERR_DESC@"',
    "INVALID_WIDGET_ID": "Unknown widget [@WIDGET_ID@]",
    "LOCK_TIMED_OUT": "Timed out while attempting to grab lock",
    "MISSING_KS": "Missing KS, session not established",
    "MISSING_MANDATORY_PARAMETER": 'Missing parameter "@PARAM_NAME@"',
    "REPORT_NOT_FOUND": 'Report id "@ID@" not found',
    "SEARCH_TOO_GENERAL": "Unable to create report. Query produced too many results",
    "SERVICE_DOES_NOT_EXISTS": 'Service "@SRV_NAME@" does not exists',
    "SERVICE_FORBIDDEN": "The access to service [@SERVICE@] is forbidden",
    "SERVICE_FORBIDDEN_CONTENT_BLOCKED": (
        "The access to this service is forbidden since the specified partner is blocked"
    ),
    "SERVICE_FORBIDDEN_FULLY_BLOCKED": (
        "The access to this service is forbidden since the specified partner is fully blocked"
    ),
    "SERVICE_FORBIDDEN_PARTNER_DELETED": (
        "The access to this service is forbidden since the specified partner is deleted"
    ),
    "START_SESSION_ERROR": "Error while starting session for partner [@PID@]",
}


class KalturaError(Exception):
    """An error as Kaltura answers it: its code, its message, and the message's arguments."""

    def __init__(self, code: str, message: str, arguments: dict[str, str]) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.arguments = arguments


def kaltura_error(code: str, **arguments: str) -> KalturaError:
    """Return the error of this code in Kaltura's words.

    Arguments fill the message's places, `N/A` those left out, as on the real server. A code unknown
    here gets a message of its own.
    """
    template = _MESSAGES.get(code, f"The sandbox was told to answer {code}")
    message = re.sub("@([A-Z_]+)@", lambda place: arguments.get(place[1], "N/A"), template)
    return KalturaError(code, message, arguments)
