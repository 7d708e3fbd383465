# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The XML of a list: read where it is one, and refused by what it is where it is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.listing import NoListing, read_error, read_page

ENTRY = "<Contents><Key>%s</Key><Size>%s</Size><LastModified>%s</LastModified><Owner><ID>x</ID></Owner></Contents>"
GOOD = ENTRY % ("a/b", "12", "2026-02-03T04:05:06.789Z")


def listing(*parts: str, truncated: str = "false", namespace: str = "http://obs.myhwclouds.com/doc/2015-06-30/") -> bytes:
    inside = "".join(parts) + f"<IsTruncated>{truncated}</IsTruncated>"
    return f'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="{namespace}">{inside}</ListBucketResult>'.encode()


@pytest.mark.parametrize("namespace", ["", "http://s3.amazonaws.com/doc/2006-03-01/", "http://obs.myhwclouds.com/doc/2015-06-30/"])
def test_a_page(namespace: str) -> None:
    folders = "<CommonPrefixes><Prefix>a/c/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>a/d/</Prefix></CommonPrefixes>"
    page = read_page(listing("<Name>n</Name>", GOOD, folders, namespace=namespace))
    (file,) = page.objects
    assert (file.key, file.size, file.modified.isoformat()) == ("a/b", 12, "2026-02-03T04:05:06+00:00")
    assert (page.directories, page.marker) == (["a/c/", "a/d/"], None)


def test_names_that_are_encoded() -> None:
    entry = ENTRY % ("a%2Fb+c%0A%25", "1", "2026-02-03T04:05:06Z")
    page = read_page(listing("<EncodingType>url</EncodingType>", "<NextMarker>x%2Fy</NextMarker>", entry, truncated="true"))
    assert (page.objects[0].key, page.marker) == ("a/b c\n%", "a/b c\n%")
    assert read_page(listing("<EncodingType>url</EncodingType>", "<NextMarker>x%2Fy</NextMarker>", truncated="true")).marker == "x/y"
    assert read_page(listing(entry)).objects[0].key == "a%2Fb+c%0A%25"


def test_the_next_page_begins_after_the_last_name() -> None:
    assert read_page(listing(GOOD, truncated="true")).marker == "a/b"
    assert read_page(listing(GOOD, "<CommonPrefixes><Prefix>a/z/</Prefix></CommonPrefixes>", truncated="TRUE")).marker == "a/z/"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "an empty answer"),
        (b" \n", "an empty answer"),
        (b"<html><body>Login</body></html>", "XML that is no ListBucketResult but html"),
        (b"<!DOCTYPE html><html></html>", "XML that declares a document type"),
        (b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><ListBucketResult>&b;</ListBucketResult>', "declares a document type"),
        (b"<ListAllMyBucketsResult/>", "but ListAllMyBucketsResult"),
        (b"<Error><Code>X</Code></Error>", "but Error"),
        (b"{}", "not XML"),
        (listing(GOOD)[:-30], "not XML"),
        ('<?xml version="1.0" encoding="cp037"?>'.encode("cp037"), "not XML"),
        (b"<ListBucketResult/>", "does not say whether it is complete"),
        (listing(GOOD, truncated="maybe"), "does not say whether it is complete"),
        (listing(ENTRY % ("", "1", "2026-02-03T04:05:06Z")), "without a name"),
        (listing(ENTRY % ("a", "-1", "2026-02-03T04:05:06Z")), "size is no number"),
        (listing(ENTRY % ("a", "9" * 30, "2026-02-03T04:05:06Z")), "size is no number"),
        (listing(ENTRY % ("a", "1", "yesterday")), "time is no time"),
        (listing(ENTRY % ("a", "1", "0001-01-01T00:00:00+14:00")), "time is no time"),
        (b"<ListBucketResult>" + b"<a>" * 30 + b"</a>" * 30 + b"</ListBucketResult>", "too large"),
        (listing("<a/>" * 100001), "too large"),
    ],
)
def test_what_is_no_list_says_what_it_is(body: bytes, what: str) -> None:
    with pytest.raises(NoListing, match=what):
        read_page(body)


@settings(max_examples=200)
@given(
    st.one_of(st.binary(max_size=200), st.binary(max_size=80).map(lambda inside: b"<ListBucketResult>" + inside + b"</ListBucketResult>"))
)
def test_nothing_but_a_list_is_one(body: bytes) -> None:
    for read in (read_page, read_error):
        with pytest.raises(NoListing):
            read(body)


def test_a_refusal() -> None:
    body = b"<Error><Code>NoSuchBucket</Code><Message>None such.</Message><RequestId>7</RequestId></Error>"
    assert read_error(body) == {"Code": "NoSuchBucket", "Message": "None such.", "RequestId": "7"}
