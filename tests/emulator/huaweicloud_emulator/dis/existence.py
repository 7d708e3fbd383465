# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what a task refers to exists: bucket and agency, clusters, databases, tables, keys."""

from __future__ import annotations

from typing import Any

from .book import Book
from .refusals import refusal
from .validation import Declared


def check_existence(book: Book, declared: Declared) -> None:
    """Raises the refusal that fits what is missing: DIS.4306, 4335, 4208, 4336, 4337, 4338, 4341, 4342, 4343, 4350, 4351."""
    descriptor = declared.descriptor
    for field in ("obs_bucket_path", "obs_backup_bucket_path"):
        bucket = descriptor.get(field)
        if bucket and bucket not in book.cloud.buckets:
            raise refusal("DIS.4306", bucket)
    agency = descriptor.get("agency_name")
    if agency and agency not in book.project.agencies:
        raise refusal("DIS.4335")
    check = {"MRS": _mrs, "DLI": _dli, "CLOUDTABLE": _cloudtable, "DWS": _dws}.get(declared.destination.type)
    if check is not None:
        check(book, descriptor)


def _listed(book: Book, kind: str) -> Any:
    """What the seed lists of the kind; ``None`` when it lists none and the switch lets everything pass."""
    listed = getattr(book.destinations, kind)
    if listed is None and book.cloud.switches["dis.unlisted_clusters"] == "refused":
        return []
    return listed


def _find(listed: list[dict[str, Any]], id: str, name: str) -> dict[str, Any] | None:
    return next((row for row in listed if row["id"] == id and row["name"] == name), None)


def _mrs(book: Book, descriptor: dict[str, Any]) -> None:
    clusters = _listed(book, "mrs_clusters")
    if clusters is None:
        return
    cluster = _find(clusters, descriptor["mrs_cluster_id"], descriptor["mrs_cluster_name"])
    # Clusters of MRS 3.x and later cannot be destinations.
    too_new = cluster is not None and int(str(cluster.get("version") or 0).partition(".")[0]) >= 3
    if cluster is None or cluster.get("security_mode") or too_new:
        raise refusal("DIS.4208", descriptor["mrs_cluster_id"])
    paths = cluster.get("hdfs_paths")
    if paths is not None and not any(f"{descriptor['mrs_hdfs_path']}/".startswith(f"{path.rstrip('/')}/") for path in paths):
        raise refusal("DIS.4336")


def _dli(book: Book, descriptor: dict[str, Any]) -> None:
    databases = _listed(book, "dli_databases")
    if databases is None:
        return
    if descriptor["dli_database_name"] not in databases:
        raise refusal("DIS.4337")
    if descriptor["dli_table_name"] not in databases[descriptor["dli_database_name"]]:
        raise refusal("DIS.4338")


def _cloudtable(book: Book, descriptor: dict[str, Any]) -> None:
    clusters = _listed(book, "cloudtable_clusters")
    if clusters is None:
        return
    cluster = _find(clusters, descriptor["cloudtable_cluster_id"], descriptor["cloudtable_cluster_name"])
    if cluster is None:
        raise refusal("DIS.4341")
    tables, schema = cluster.get("tables"), descriptor.get("cloudtable_schema")
    if tables is None or not schema:
        return
    families = tables.get(descriptor["cloudtable_table_name"])
    if families is None:
        raise refusal("DIS.4342")
    if any(column["column_family_name"] not in families for column in schema["columns"]):
        raise refusal("DIS.4343")


def _dws(book: Book, descriptor: dict[str, Any]) -> None:
    clusters, keys = _listed(book, "dws_clusters"), _listed(book, "kms_keys")
    if clusters is not None and _find(clusters, descriptor["dws_cluster_id"], descriptor["dws_cluster_name"]) is None:
        raise refusal("DIS.4350")
    if keys is not None and _find(keys, descriptor["kms_user_key_id"], descriptor["kms_user_key_name"]) is None:
        raise refusal("DIS.4351")
