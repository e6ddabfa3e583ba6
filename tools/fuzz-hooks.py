"""What tools/fuzz tells schemathesis beside the OpenAPI document, which cannot say it. No check is turned off.

- Which parameters exclude or need each other: a request that breaks such a rule is sent in a form that keeps it.
- When a session ends by itself or by a rotation: only a 404 before that is a failure.
"""

import time

import schemathesis
from schemathesis.core import NOT_SET
from schemathesis.core.parameters import ParameterLocation

ANSWER_A_SESSION = (
    "POST /sessions",
    "GET /sessions/{token}",
    "PATCH /sessions/{token}",
    "POST /sessions/{token}/rotate",
)

ends = {}
"""By token, the earliest moment (of the monotonic clock) at which the session may be gone."""


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.operation.label == "POST /sessions":
        in_one_place(case)
    elif case.operation.label == "GET /sessions":
        of_one_list(case.query)


def in_one_place(case):
    """The fields come from the body or from the query string, never from both; all that are required."""
    meta = case.meta
    query = meta.components.get(ParameterLocation.QUERY) if meta else None
    if query is not None and query.mode.is_negative:
        case.body = NOT_SET
    elif case.body is not NOT_SET:
        case.query = {}
    elif meta and meta.generation.mode.is_positive:
        case.query = {"user_name": "Ada", "memory_fragment": "rain", **case.query}


def of_one_list(query):
    """The cursor of a user's list is twice as long as that of the list of all."""
    cursor = query.get("cursor")
    if isinstance(cursor, str) and len(cursor) in (16, 32):
        query["cursor"] = (cursor * 2)[: 32 if "user_name" in query else 16]


@schemathesis.hook
def after_call(context, case, response):
    if case.operation.label not in ANSWER_A_SESSION or response.status_code not in (200, 201):
        return
    if case.operation.label == "POST /sessions/{token}/rotate":
        ends[case.path_parameters["token"]] = time.monotonic()
    session = response.json()
    if session["expires_in"] is not None:
        # A session of 1 s may live but a moment: TTLs count whole seconds.
        ends[session["token"]] = time.monotonic() + session["expires_in"] - 1


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Keeps the failure if true."""
    token = case.path_parameters.get("token")
    gone = token in ends and ends[token] <= time.monotonic()
    return not (gone and type(failure).__name__ == "EnsureResourceAvailability")
