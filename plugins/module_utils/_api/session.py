# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks, where the services are, and which project it is about."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Optional, Union, cast

from .._errors import ConfigurationError
from .answers import Answer
from .authentication import Authentication, Proof
from .credentials import Agency, EcsAgency, Identity, Key, Password, Token
from .endpoints import CLOUD, EUROPEAN_CLOUD, SERVICES, Endpoint, find_endpoint
from .exchange import Exchange
from .options import ENVIRONMENT, Given, name_option
from .redaction import find_secret_values
from .request import USER_AGENT, Request
from .single_flight import SingleFlight

if TYPE_CHECKING:
    from .iam import Ask
    from .transport import Transport


class Session:
    """What all calls of a client share. Nothing is requested before the first of them needs it; shared by threads.

    :param secrets: gets the keys and tokens that are obtained.
    :param now: seconds since 1970.
    :raises ConfigurationError: an endpoint cannot be, or there is none.
    """

    def __init__(
        self, given: Given, identity: Identity, exchange: Exchange, transport: Transport, secrets: set[str], now: Callable[[], float]
    ) -> None:
        self._given = given
        self._identity = identity
        self._exchange = exchange
        self._transport = transport
        self._secrets = secrets
        #: empty where nothing says it
        self.region = given.get("region") or identity.region
        self._endpoints = self._find_endpoints()
        self._own = Authentication(self._obtain, not isinstance(identity.source, (Key, Token)), now)
        self.authentication = Authentication(self._assume, True, now) if identity.agency else self._own
        self._project: SingleFlight[str] = SingleFlight(self._find_project)

    def project_id(self) -> str:
        """The project's ID, which is looked up in IAM where nothing says it.

        :raises ConfigurationError: no project is configured, or there is none of that name.
        :raises ApiError: IAM refused.
        :raises TransportError: IAM does not answer.
        """
        return self._project.result()

    def endpoint(self, service: str) -> Endpoint:
        """The URL where a service answers.

        :raises ConfigurationError: nothing says where the service is.
        """
        place = self._endpoints[service]
        if isinstance(place, ConfigurationError):
            raise copy.copy(place)
        return place

    # where

    def _find_endpoints(self) -> dict[str, Union[Endpoint, ConfigurationError]]:
        """An endpoint that is missing is an error where it is needed, one that is wrong is one at once."""
        places: dict[str, Union[Endpoint, ConfigurationError]] = {}
        for service in SERVICES:
            url = self._given.get(service + "_endpoint")
            if service == "iam":
                url = url or self._identity.iam_endpoint
            elif service == "sts" and not url:
                url = self._place_sts(self._given.get("iam_endpoint") or self._identity.iam_endpoint)
            try:
                places[service] = find_endpoint(service, url, self.region, self._given.get("cloud"))
            except ConfigurationError as error:
                if url or self.region:
                    raise
                places[service] = error
        if not any(isinstance(place, Endpoint) for place in places.values()):
            raise ConfigurationError(
                "There is no region and no endpoint. Set %s, such as eu-west-101, or %s and %s."
                % (name_option("region"), name_option("dis_endpoint"), name_option("dms_endpoint"))
            )
        return places

    def _place_sts(self, iam: str) -> str:
        """STS lies beside an IAM that the user names: at sts.REST for iam.REST, at the same address where that is a gateway."""
        scheme, mark, address = iam.partition("://iam.")
        if not mark:
            return iam
        host = address.partition("/")[0]
        # IAM has a global address, STS has not
        region = self.region + "." if self.region and host in (CLOUD, EUROPEAN_CLOUD) else ""
        return "%s://sts.%s%s" % (scheme, region, host)

    # which project

    def _read_project_id(self) -> str:
        """The ID of the project, where something says it; options before environment before profile."""
        for read in (self._given.read_option, self._given.read_environment):
            project = read("project_id")
            if project:
                return project
            if read("project_name"):
                return ""
        # the profile's project lies in the profile's region
        return self._identity.project_id if self._identity.region in ("", self.region) else ""

    def _read_project_name(self) -> str:
        name = self._given.get("project_name") or self.region
        if not name:
            raise ConfigurationError(
                "The project is not known. Set %s, or %s, or %s."
                % (name_option("project_id"), name_option("project_name"), name_option("region"))
            )
        return name

    def _find_project(self) -> str:
        project = self._read_project_id()
        if project:
            return project
        if isinstance(self._identity.source, Password) and not self._identity.agency:
            proof = self._own.obtain_proof()
            if isinstance(proof, Token) and proof.project_id:
                return proof.project_id
        from .iam import find_project

        return find_project(self._ask_iam(self.authentication), self._read_project_name())

    # who

    def _obtain(self) -> Proof:
        source = self._identity.source
        if isinstance(source, (Key, Token)):
            return source
        # most runs bring a key and say which project it is about, so that nothing is asked of IAM
        from .iam import request_server_key, request_token

        if isinstance(source, EcsAgency):
            return self._remember(request_server_key(self._ask_server, source))
        if self._identity.agency:
            # the project is the agency's; the user's own account has none of that name, perhaps
            scope: dict[str, Any] = {"domain": source.account}
        else:
            project = self._read_project_id()
            scope = {"project": {"id": project} if project else {"name": self._read_project_name()}}
        return self._remember(request_token(self._ask_iam(None), source, scope))

    def _assume(self) -> Proof:
        from .iam import request_agency_key

        agency = cast(Agency, self._identity.agency)
        return self._remember(request_agency_key(self._ask_iam(self._own), agency, self._identity.source.origin))

    def _remember(self, proof: Proof) -> Proof:
        self._secrets.update(list_proof_secrets(proof))
        return proof

    def _ask_iam(self, authentication: Optional[Authentication]) -> Ask:
        def ask(method: str, path: str, query: list[tuple[str, str]], body: Any, service: str) -> Answer:
            place = self.endpoint(service)
            content = b"" if body is None else json.dumps(body).encode("ascii")
            # asking IAM for a token twice does no harm
            request = Request(place, method, place.prefix + path, query, content, secrets=frozenset(find_secret_values(body)))
            return self._exchange.perform(request, authentication)

        return ask

    def _ask_server(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes, Any]:
        from .iam import METADATA, METADATA_SECONDS

        headers = {"User-Agent": USER_AGENT, **headers}
        reply = self._transport.exchange(METADATA, method, path, headers, b"", METADATA_SECONDS, changes=False, direct=True)
        try:
            return reply.status, reply.body, json.loads(reply.body)
        except ValueError:
            return reply.status, reply.body, None


def list_proof_secrets(source: Union[Proof, Password, EcsAgency]) -> list[str]:
    """The secrets of one way to authenticate."""
    if isinstance(source, Key):
        return [value for value in (source.access, source.secret, source.security_token) if value]
    if isinstance(source, Token):
        return [source.value]
    return [source.password] if isinstance(source, Password) else []


def gather_secrets(given: Given, identity: Identity) -> set[str]:
    """Secrets of the way that counts, and those that are given and do not count: they are secret all the same."""
    names = ("access_key", "secret_key", "security_token", "auth_token", "user_password")
    values = {given.read_option(name) for name in names} | {
        given.read_variable(variable) for name in names for variable in ENVIRONMENT[name]
    }
    return {value for value in values if value} | set(list_proof_secrets(identity.source))
