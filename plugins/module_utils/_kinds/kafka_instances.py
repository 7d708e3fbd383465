# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kafka instances: from what a user calls one to what the API calls it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional

from .._api.request import quote_segment
from .._api.single_flight import SingleFlight
from .._errors import NoSuchInstance, OpendumpError
from .._names import advise_names
from .._task.records import Parent, read_quantity, read_rows

if TYPE_CHECKING:
    from .._api.client import Client

PAGE = 50


@dataclass(frozen=True)
class Instance:
    """What the dumping of an instance depends on; ``prepaid`` instances cannot switch Smart Connect by API.

    ``connector_enable`` is None where the service does not show whether Smart Connect is on. ``connector_id`` is empty where it is off, and
    None where it is not shown.
    """

    id: str
    name: str
    status: str = ""
    connector_id: Optional[str] = None
    connector_enable: Optional[bool] = False
    prepaid: bool = False
    single: bool = False

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Instance:
        """An instance from a row of the service's list or from its details."""
        connector_id = str(row.get("connector_id") or "")
        # an instance that shows an empty one has none
        unsaid = True if connector_id else False if row.get("connector_id") == "" else None
        enabled = {"true": True, "false": False}.get(str(row.get("connector_enable")).lower(), unsaid)
        return cls(
            id=str(row.get("instance_id") or ""),
            name=str(row.get("name") or ""),
            status=str(row.get("status") or ""),
            connector_id=connector_id or ("" if enabled is False else None),
            connector_enable=enabled,
            prepaid=str(row.get("charging_mode")) == "0",
            single=str(row.get("type") or "").lower() == "single",
        )

    @property
    def parent(self) -> Parent:
        """The instance as what holds tasks."""
        return Parent(self.id, self.name or None, self.connector_id)


class Instances:
    """The instances of the project, looked up once each; all at once when several are wanted."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._known: dict[str, Instance] = {}
        self._all = False
        self._topics: dict[str, SingleFlight[Optional[Mapping[str, Optional[int]]]]] = {}
        self._buckets: SingleFlight[Optional[frozenset[str]]] = SingleFlight(self._read_buckets)

    @classmethod
    def get_shared(cls, client: Client) -> Instances:
        """The one that all adapters of a client share, so that nothing is looked up twice."""
        instances: Instances = client.shared.setdefault(cls, cls(client))
        return instances

    def list_instances(self) -> list[Instance]:
        """Every Kafka instance of the project, to the last page.

        :raises OpendumpError: the list cannot be read, or is incomplete.
        """
        if not self._all:
            for instance in self._read_pages([]):
                self._known[instance.id] = instance
            self._all = True
        return list(self._known.values())

    def _list_names(self) -> list[str]:
        """Names of the instances that can be seen, for advice; none where they cannot be listed."""
        try:
            return [instance.name for instance in self.list_instances()]
        except OpendumpError:
            return []

    def _read_pages(self, query: list[tuple[str, str]]) -> list[Instance]:
        query = [("engine", "kafka"), *query]
        if self.client.enterprise_project_id:
            query.append(("enterprise_project_id", self.client.enterprise_project_id))
        pages = self.client.list_pages("dms", "/v2/{project_id}/instances", items="instances", limit=PAGE, query=query)
        listed = [row for page in pages for row in page.get("instances") or []]
        if not all(isinstance(row, Mapping) and row.get("instance_id") for row in listed):
            raise OpendumpError("The list of Kafka instances cannot be read, so it is not known which there are. Run again later.")
        return list({instance.id: instance for instance in map(Instance.read, listed)}.values())

    def list_topics(self, parent: Parent) -> Optional[Mapping[str, Optional[int]]]:
        """The topics of an instance and for how many hours each keeps messages, read once; None where they cannot be read."""
        return self._topics.setdefault(parent.id, SingleFlight(lambda: self._read_topics(parent))).result()

    def _read_topics(self, parent: Parent) -> Optional[Mapping[str, Optional[int]]]:
        try:
            instance = parent.id if parent.id != parent.connector_id else self.find({"connector_id": parent.id}).id
            path = "/v2/{project_id}/instances/%s/topics" % quote_segment(instance)
            pages = self.client.list_pages("dms", path, items="topics", limit=PAGE)
        except OpendumpError:
            # Whoever may write tasks need not be allowed to list topics.
            return None
        listed = [row for page in pages for row in read_rows(page.get("topics")) if row.get("name")]
        return {str(row["name"]): read_quantity(row.get("retention_time")) for row in listed}

    def list_buckets(self) -> Optional[frozenset[str]]:
        """Names of the buckets that the service can see, read once; None where they cannot be read."""
        return self._buckets.result()

    def _read_buckets(self) -> Optional[frozenset[str]]:
        try:
            answer = self.client.call("dms", "GET", "/v1.0/dms/obs/buckets")
        except OpendumpError:
            return None
        names = [row.get("bucketName", row.get("bucket_name")) for row in read_rows(answer)]
        return frozenset(map(str, names)) if names and all(names) else None

    def preload(self, wanted: Iterable[Mapping[str, str]]) -> None:
        """One paged list instead of a request for each, where more than one is wanted."""
        if len({tuple(sorted(where.items())) for where in wanted}) > 1:
            self.list_instances()

    def find(self, wanted: Mapping[str, str], fresh: bool = False) -> Instance:
        """The instance that instance_id, instance_name or connector_id names.

        :raises NoSuchInstance: none has this name or connector.
        :raises OpendumpError: several have this name.
        :raises ApiError: PARENT_ABSENT where there is no such ID.
        """
        if wanted.get("instance_id"):
            return self._find_by_id(wanted["instance_id"], fresh)
        if wanted.get("instance_name"):
            return self._find_by_name(wanted["instance_name"])
        return self._find_by_connector(str(wanted.get("connector_id")))

    def _find_by_id(self, instance_id: str, fresh: bool) -> Instance:
        known = self._known.get(instance_id)
        if known and not fresh:
            return known
        row = self.client.call("dms", "GET", "/v2/{project_id}/instances/%s" % quote_segment(instance_id))
        if not isinstance(row, Mapping) or not row.get("instance_id"):
            raise OpendumpError("The answer about instance '%s' shows no instance." % instance_id)
        instance = self._known[instance_id] = Instance.read(row)
        return instance

    def _find_by_name(self, name: str) -> Instance:
        candidates = self.list_instances() if self._all else self._read_pages([("name", name), ("exact_match_name", "true")])
        matches = [instance for instance in candidates if instance.name == name]
        if len(matches) > 1:
            raise OpendumpError(
                "%d instances are named '%s' (%s); say which with instance_id."
                % (len(matches), name, ", ".join(instance.id for instance in matches))
            )
        if not matches:
            raise NoSuchInstance(
                "There is no Kafka instance named '%s' in this project and region%s Check instance_name, region and project."
                % (name, advise_names(name, self._list_names()))
            )
        self._known[matches[0].id] = matches[0]
        return matches[0]

    def _find_by_connector(self, connector_id: str) -> Instance:
        instances = self.list_instances()
        matches = [instance for instance in instances if instance.connector_id == connector_id]
        if matches:
            return matches[0]
        hidden = [instance for instance in instances if instance.connector_id is None]
        if hidden:
            raise OpendumpError(
                "No Kafka instance shows the connector '%s', and the service does not show that of %s. Name the instance with instance_id."
                % (connector_id, ", ".join(str(instance.parent) for instance in hidden[:5]))
            )
        raise NoSuchInstance("No Kafka instance of this project has the connector '%s'." % connector_id)
