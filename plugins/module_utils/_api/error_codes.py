# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an error code of DIS, DMS for Kafka, IAM or the API gateway means, and what the user can do about it.

Sources: the services' published lists of error codes.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

from .._errors import Meaning


class Explanation(NamedTuple):
    """What a code means, and the next step in plain words; the latter is empty where there is nothing to advise."""

    meaning: Meaning
    next_step: str


# Whatever else is wrong with a request, one of these two is worth a look.
_WHERE = "region, project_id and the endpoint"

_KEYS = "Check access_key, secret_key and, for temporary keys, security_token; five failures in a row lock a key for five minutes."
_CLOCK = "Check the clock of this machine; it may differ from the service's by 15 minutes at most."
_RENEW = "Get a new token (auth_token), or give access_key and secret_key instead."
# an error says instead which action that is, see actions.py
ALLOW = "Give the user, or the agency, a policy that allows the action in this project."
_LATER = "The service is asked too often; run again later, with a larger retry_budget or a smaller parallelism."
_SERVICE = "The fault is the service's; run again later, and give the request id to its support if it stays."
_BUSY = "Another operation on the instance is under way; run again when it is finished, or give a larger retry_budget."
_BODY = "The service could not read the request; this is a fault of the collection or of a gateway in between."

_ACCOUNT = "The account is restricted or its balance too low; resolve that first, since nothing here can help."
_ORDER = "An order for the instance is not finished; pay or cancel it, then run again."
_AGENCY = (
    "The service could not create or use its agency in this account; the user needs the right to create agencies once, or an administrator "
    "enables Smart Connect in the console."
)

_CODES: dict[str, Explanation] = {
    # DIS
    "DIS.4116": Explanation(Meaning.FORBIDDEN, "Check that the account is not in arrears. " + ALLOW),
    "DIS.4117": Explanation(Meaning.INVALID, "Check project_id; it has to be a project of the account in this region."),
    "DIS.4200": Explanation(Meaning.INVALID, "Correct the option that the message names."),
    "DIS.4202": Explanation(Meaning.INVALID, _BODY),
    "DIS.4205": Explanation(Meaning.OTHER, "Wait until the stream is running, then run again."),
    "DIS.4208": Explanation(
        Meaning.INVALID, "Check mrs.mrs_cluster_name and mrs.mrs_cluster_id; the cluster has to be running, in this project."
    ),
    "DIS.4300": Explanation(Meaning.INVALID, _BODY),
    "DIS.4301": Explanation(Meaning.PARENT_ABSENT, "Check stream_name, region and project_id."),
    "DIS.4303": Explanation(Meaning.THROTTLED, _LATER),
    "DIS.4305": Explanation(Meaning.THROTTLED, _LATER),
    "DIS.4306": Explanation(Meaning.INVALID, "Check obs_bucket_path; the bucket has to exist in the stream's region."),
    "DIS.4307": Explanation(Meaning.EXISTS, ""),
    "DIS.4308": Explanation(Meaning.QUOTA, "Ask for a larger quota of stream partitions."),
    "DIS.4309": Explanation(
        Meaning.FORBIDDEN,
        "After too many failed authentications the service refuses this machine's address for a while. Correct the keys and wait.",
    ),
    "DIS.4310": Explanation(
        Meaning.INVALID, "Check that agency_name is an agency for DIS that may write to the bucket, and that the bucket is there."
    ),
    "DIS.4335": Explanation(
        Meaning.INVALID, "Check agency_name; it has to be an agency that trusts DIS, with unlimited validity and the right to write to OBS."
    ),
    "DIS.4336": Explanation(Meaning.INVALID, "Check mrs.hdfs_prefix_folder and mrs.mrs_hdfs_path."),
    "DIS.4337": Explanation(Meaning.INVALID, "Check dli.dli_database_name."),
    "DIS.4338": Explanation(Meaning.INVALID, "Check dli.dli_table_name."),
    "DIS.4341": Explanation(Meaning.INVALID, "Check cloudtable.cloudtable_cluster_name and cloudtable.cloudtable_cluster_id."),
    "DIS.4342": Explanation(Meaning.INVALID, "Check cloudtable.cloudtable_table_name."),
    "DIS.4343": Explanation(Meaning.INVALID, "Check the column families of cloudtable.cloudtable_schema."),
    "DIS.4345": Explanation(Meaning.INVALID, "Check cloudtable.cloudtable_schema."),
    "DIS.4348": Explanation(Meaning.INVALID, "Check cloudtable.opentsdb_schema."),
    "DIS.4350": Explanation(Meaning.INVALID, "Check dws.dws_cluster_name and dws.dws_cluster_id."),
    "DIS.4351": Explanation(Meaning.INVALID, "Check dws.kms_user_key_name and dws.kms_user_key_id."),
    "DIS.4354": Explanation(Meaning.TASK_ABSENT, "Check task_name and stream_name."),
    "DIS.4355": Explanation(Meaning.EXISTS, "Choose another task_name, or run again: somebody else may just have created the task."),
    "DIS.4357": Explanation(Meaning.QUOTA, "A stream takes five transfer tasks; delete one, or ask for a larger quota."),
    "DIS.4360": Explanation(Meaning.INVALID, "Check the stream's data schema."),
    "DIS.5000": Explanation(Meaning.SERVER, _SERVICE),
    # DIS, authentication by key
    **{"DIS.%d" % number: Explanation(Meaning.UNAUTHENTICATED, _KEYS) for number in range(4100, 4113)},
    **{"DIS.%d" % number: Explanation(Meaning.UNAUTHENTICATED, _CLOCK) for number in (4103, 4104, 4105)},
    "DIS.4111": Explanation(Meaning.UNAUTHENTICATED, "Check region; it does not belong to this endpoint."),
    # DMS for Kafka
    "DMS.00400002": Explanation(Meaning.INVALID, "Check project_id."),
    "DMS.00400004": Explanation(Meaning.INVALID, _BODY),
    "DMS.00400005": Explanation(Meaning.INVALID, _BODY),
    "DMS.00400085": Explanation(Meaning.INVALID, _BODY),
    "DMS.00400017": Explanation(Meaning.BUSY, _BUSY),
    "DMS.00400026": Explanation(Meaning.BUSY, "The status of the instance does not allow this now. " + _BUSY),
    "CBC.99003651": Explanation(Meaning.BUSY, _BUSY),
    "DMS.00400030": Explanation(Meaning.INVALID, "Check the instance that was named."),
    "DMS.00400061": Explanation(Meaning.INVALID, "Check the instance that was named."),
    "DMS.00400039": Explanation(Meaning.QUOTA, "Delete what is not needed, or ask for a larger quota."),
    "DMS.00400055": Explanation(Meaning.OTHER, "The resource is sold out here; run again later or choose another specification."),
    "DMS.00400062": Explanation(Meaning.INVALID, "Correct the option that the message names."),
    "DMS.00400070": Explanation(Meaning.INVALID, "Check task_id, if it was given."),
    "DMS.00400125": Explanation(Meaning.INVALID, "Check spec_code."),
    "DMS.00400129": Explanation(Meaning.INVALID, "Upgrade the instance; its version lacks this function."),
    "DMS.00400133": Explanation(Meaning.INVALID, "The connector does not take this number of tasks."),
    "DMS.00400134": Explanation(Meaning.OTHER, "Pay or cancel the open order for this instance first."),
    "DMS.00400107": Explanation(Meaning.OTHER, _ORDER),
    "DMS.00400108": Explanation(Meaning.OTHER, _ORDER),
    "DMS.00400800": Explanation(Meaning.INVALID, "Correct the option that the message names."),
    "DMS.00500986": Explanation(Meaning.FORBIDDEN, _ACCOUNT),
    "DMS.00500987": Explanation(Meaning.FORBIDDEN, _ACCOUNT),
    "DMS.111400864": Explanation(Meaning.OTHER, "The consumer group does not exist (any more); the task creates it again when it reads."),
    "DMS.40050010": Explanation(Meaning.INVALID, ""),
    "DMS.10240101": Explanation(Meaning.UNAUTHENTICATED, _RENEW),
    "DMS.10240102": Explanation(Meaning.UNAUTHENTICATED, _RENEW),
    "DMS.10240103": Explanation(Meaning.UNAUTHENTICATED, _RENEW),
    "DMS.10240104": Explanation(Meaning.UNAUTHENTICATED, "The token is for another project; check project_id and region."),
    "DMS.10240306": Explanation(Meaning.FORBIDDEN, "Check that the account is not frozen or in arrears. " + ALLOW),
    **{"DMS.102403%02d" % number: Explanation(Meaning.FORBIDDEN, ALLOW) for number in (9, 10, 11, 12)},
    "DMS.00403002": Explanation(Meaning.FORBIDDEN, "This account may only read; use another one for changes."),
    "DMS.00403003": Explanation(Meaning.FORBIDDEN, ALLOW),
    "DMS.10240407": Explanation(Meaning.THROTTLED, _LATER),
    "DMS.10240020": Explanation(Meaning.QUOTA, "Delete what is not needed, or ask for a larger quota."),
    "DMS.10240406": Explanation(Meaning.NO_SUCH_CALL, "The service knows no such address; check %s (dms_endpoint)." % _WHERE),
    "DMS.00404001": Explanation(Meaning.NO_SUCH_CALL, "The service does not offer this call here; check %s (dms_endpoint)." % _WHERE),
    "DMS.00404022": Explanation(Meaning.PARENT_ABSENT, "Check the instance that was named, region and project_id."),
    "DMS.00404024": Explanation(
        Meaning.PARENT_ABSENT, "Enable Smart Connect on the instance (module smart_connect), or check connector_id, if it was given."
    ),
    "DMS.00404026": Explanation(Meaning.TASK_ABSENT, "Check task_name or task_id, and that the task belongs to this instance."),
    "DMS.00404027": Explanation(Meaning.EXISTS, ""),
    "DMS.00404029": Explanation(Meaning.QUOTA, "Delete a task that is not needed, or ask for a larger quota."),
    "DMS.00405001": Explanation(Meaning.NO_SUCH_CALL, "The service does not offer this call here; check %s (dms_endpoint)." % _WHERE),
    **{"DMS.0050100%d" % number: Explanation(Meaning.SERVER, _AGENCY) for number in range(4)},
    "DMS.00500000": Explanation(Meaning.SERVER, _SERVICE),
    "DMS.00500006": Explanation(Meaning.SERVER, _SERVICE),
    "DMS.00500024": Explanation(Meaning.SERVER, _SERVICE),
}

# APIGW.0301 and APIG.0301 are one code; its texts change, its number does not.
_GATEWAY = re.compile(r"APIG(?:W)?\.(\d{4})$", re.IGNORECASE)
_GATEWAY_CODES: dict[str, Explanation] = {
    "0101": Explanation(Meaning.NO_SUCH_CALL, "The gateway does not know this call; check %s." % _WHERE),
    "0106": Explanation(Meaning.OTHER, ""),
    "0204": Explanation(
        Meaning.INVALID, "The service wants a newer TLS version; update OpenSSL and Python on the machine that runs the module."
    ),
    "0301": Explanation(
        Meaning.UNAUTHENTICATED, "Check access_key, secret_key and security_token, or auth_token, and the clock of this machine."
    ),
    "0302": Explanation(Meaning.FORBIDDEN, ALLOW),
    "0303": Explanation(Meaning.UNAUTHENTICATED, _KEYS),
    "0304": Explanation(Meaning.FORBIDDEN, ALLOW),
    "0305": Explanation(Meaning.UNAUTHENTICATED, _KEYS),
    "0306": Explanation(Meaning.FORBIDDEN, ALLOW),
    "0307": Explanation(Meaning.UNAUTHENTICATED, "The token has expired. " + _RENEW),
    "0308": Explanation(Meaning.THROTTLED, _LATER),
    "0310": Explanation(Meaning.FORBIDDEN, "Check project_id and that the account is not frozen or in arrears."),
    "0311": Explanation(Meaning.UNAUTHENTICATED, _KEYS),
    "0401": Explanation(Meaning.FORBIDDEN, "The gateway does not accept requests from this machine's address."),
    "0402": Explanation(Meaning.FORBIDDEN, "The gateway does not accept requests from this machine's address."),
    "0404": Explanation(Meaning.FORBIDDEN, "The gateway does not let requests through to this service."),
    "0501": Explanation(Meaning.QUOTA, "The quota of calls is used up."),
    "0502": Explanation(Meaning.FORBIDDEN, "The application is frozen."),
    "0602": Explanation(Meaning.INVALID, _BODY),
    "0607": Explanation(Meaning.INVALID, "Check whether the endpoint wants http or https."),
    "0801": Explanation(Meaning.FORBIDDEN, ALLOW),
    "0802": Explanation(Meaning.FORBIDDEN, "The user may not work in this region; check region."),
}

_STATUSES: dict[int, Explanation] = {
    401: Explanation(Meaning.UNAUTHENTICATED, "Check the credentials and the clock of this machine."),
    403: Explanation(Meaning.FORBIDDEN, ALLOW),
    404: Explanation(Meaning.NO_SUCH_CALL, "Nothing answers at this path; check %s." % _WHERE),
    405: Explanation(Meaning.NO_SUCH_CALL, "The service does not offer this call; check %s." % _WHERE),
    407: Explanation(Meaning.FORBIDDEN, "Give the proxy's user and password in HTTPS_PROXY, or name the host in NO_PROXY."),
    413: Explanation(Meaning.INVALID, "The request is too large."),
    414: Explanation(Meaning.INVALID, "The request is too large."),
    429: Explanation(Meaning.THROTTLED, _LATER),
    441: Explanation(Meaning.UNAUTHENTICATED, _KEYS),
    494: Explanation(Meaning.INVALID, "The request's headers are too large; check auth_token and security_token."),
}

# IAM has no codes of its own: its body repeats the HTTP status.
_IAM_STATUSES: dict[int, Explanation] = {
    400: Explanation(Meaning.INVALID, "Check project_name, user_name, domain_name, assume_agency and assume_domain."),
    401: Explanation(Meaning.UNAUTHENTICATED, "A user needs programmatic access, and the clock of this machine has to be right."),
    403: Explanation(
        Meaning.FORBIDDEN,
        ALLOW + " For assume_agency the role Agent Operator will do; where project_id is set, projects need not be listed.",
    ),
    404: Explanation(Meaning.OTHER, "Check assume_agency, assume_domain and iam_endpoint."),
}


def explain(service: str, status: int, code: str) -> Explanation:
    """The meaning of a refusal, by its code where that is known, otherwise by the HTTP status.

    :param code: the service's own code; empty, or the HTTP status again, where it gave none.
    """
    if status == 429:
        return _STATUSES[429]
    known = _find_known(code)
    if known:
        return known
    own_code = code not in ("", str(status))
    if status >= 500:
        return Explanation(Meaning.SERVER, _SERVICE)
    if service in ("iam", "sts") and status in _IAM_STATUSES:
        return _IAM_STATUSES[status]
    if status == 404 and own_code:
        return Explanation(Meaning.OTHER, "")
    if status in _STATUSES:
        return _STATUSES[status]
    return Explanation(Meaning.INVALID if status in (400, 422) else Meaning.OTHER, "")


def _find_known(code: str) -> Optional[Explanation]:
    gateway = _GATEWAY.match(code)
    return _GATEWAY_CODES.get(gateway.group(1)) if gateway else _CODES.get(code)
