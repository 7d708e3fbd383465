# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say where the services are, who asks, and how long to try."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  access_key:
    description:
      - Access key ID (AK) to sign requests with. Needs O(secret_key). What cannot be one, such as a text of more than 40 characters, is
        refused before it is used.
      - If not set, E(HW_ACCESS_KEY) is used, then E(HUAWEICLOUD_SDK_AK).
    type: str
  secret_key:
    description:
      - Secret access key (SK) that belongs to O(access_key). It is never sent.
      - If not set, E(HW_SECRET_KEY) is used, then E(HUAWEICLOUD_SDK_SK).
    type: str
  security_token:
    description:
      - Security token, where O(access_key) is a temporary one.
      - If not set, and O(access_key) comes from the environment, the token beside it is used, E(HW_SECURITY_TOKEN) or
        E(HUAWEICLOUD_SDK_SECURITY_TOKEN).
    type: str
  auth_token:
    description:
      - IAM token of a user, obtained elsewhere. It has to be for the project. When it expires the module fails.
      - If not set, E(HW_AUTH_TOKEN) is used.
    type: str
  user_name:
    description:
      - Name of an IAM user with programmatic access, who logs in to IAM with O(user_password) and O(domain_name). The token that IAM
        gives is renewed once when a service says that it has expired.
      - If not set, E(HW_USER_NAME) is used.
    type: str
  user_password:
    description:
      - Password of O(user_name).
      - If not set, E(HW_USER_PASSWORD) is used.
    type: str
  domain_name:
    description:
      - Name of the account that O(user_name) belongs to.
      - If not set, E(HW_DOMAIN_NAME) is used.
    type: str
  domain_id:
    description:
      - ID of the account that O(user_name) belongs to, instead of O(domain_name), which counts where both are set.
      - If not set, E(HW_DOMAIN_ID) is used, then E(HUAWEICLOUD_SDK_DOMAIN_ID).
    type: str
  assume_agency:
    description:
      - Name of an agency whose rights to use instead of one's own. A temporary key of the agency is obtained with the other
        credentials, which need the role C(Agent Operator), and is renewed before it expires. Needs O(assume_domain) or
        O(assume_domain_id).
      - If not set, E(HW_ASSUME_ROLE_AGENCY_NAME) is used, then the agency that the profile names.
    type: str
  assume_domain:
    description:
      - Name of the account that O(assume_agency) belongs to.
      - If not set, E(HW_ASSUME_ROLE_DOMAIN_NAME) is used, then the account that the profile names.
    type: str
  assume_domain_id:
    description:
      - ID of the account that O(assume_agency) belongs to, instead of O(assume_domain). The key then comes from STS (version 5) and not
        from IAM. Where both are set in the same place, the ID counts.
      - If not set, E(HW_ASSUME_ROLE_DOMAIN_ID) is used, then the account that the profile names.
    type: str
  profile:
    description:
      - Name of a profile in O(config_file) to take credentials from, and region and project where nothing else says them. By default it is
        the current profile of KooCLI, or the section V(basic) of the SDK's file.
      - Profiles with an access key, of a single sign-on that is logged in, of the agency of an ECS, and of an agency that is assumed with
        another profile (mode C(AssumeRole)) can be used. KooCLI has to keep the keys in plain, see its option C(cli-auth-encrypt).
      - If not set, E(HW_PROFILE) is used.
    type: str
  config_file:
    description:
      - File with profiles, KooCLI's or the SDK's. By default it is C(~/.hcloud/config.json), or C(~/.huaweicloud/credentials)
        where only that one exists, on the host that runs the module.
      - If not set, E(HW_SHARED_CONFIG_FILE) is used, then E(HUAWEICLOUD_SDK_CREDENTIALS_FILE).
    type: path
  region:
    description:
      - Region of the streams and instances, such as V(eu-west-101). It may be left out where O(dis_endpoint) or O(dms_endpoint) says where
        the service is and O(project_id) says which project. Upper and lower case are the same.
      - If not set, E(HW_REGION_NAME) is used, then the region of the profile.
    type: str
  project_id:
    description:
      - ID of the project. Without it the project is looked up in IAM by O(project_name), or by the name of the region.
      - If not set, E(HW_PROJECT_ID) is used, then E(HUAWEICLOUD_SDK_PROJECT_ID), then the project of the profile, where the
        profile is for O(region).
    type: str
  project_name:
    description:
      - Name of the project, such as V(eu-west-101_production). It counts where O(project_id) is not set in the same place.
      - If not set, E(HW_PROJECT_NAME) is used.
    type: str
  enterprise_project_id:
    description:
      - ID of an enterprise project, or V(all_granted_eps) for all that the user may see. It is sent where instances are listed, for users
        whose rights end at an enterprise project, whom the service would refuse the whole list. Streams are not listed by it.
      - If not set, E(HW_ENTERPRISE_PROJECT_ID) is used.
    type: str
  cloud:
    description:
      - Domain of the cloud. Services are at C(https://SERVICE.REGION.CLOUD).
      - If not set, E(HW_CLOUD) is used. The default is V(myhuaweicloud.com), and V(myhuaweicloud.eu) for regions that begin with
        V(eu-west-1).
    type: str
  dis_endpoint:
    description:
      - Address of DIS, for other clouds, private clouds, gateways and tests, such as V(https://dis.eu-de.otc.t-systems.com). It begins
        with C(https://) or C(http://); a path goes before the paths of the service.
      - If not set, E(HW_DIS_ENDPOINT) is used.
    type: str
  dms_endpoint:
    description:
      - Address of DMS for Kafka, as O(dis_endpoint).
      - If not set, E(HW_DMS_ENDPOINT) is used.
    type: str
  iam_endpoint:
    description:
      - Address of IAM, as O(dis_endpoint). A version at its end, C(/v3), is left out.
      - If not set, E(HW_IAM_ENDPOINT) is used, then E(HW_AUTH_URL), then E(HUAWEICLOUD_SDK_IAM_ENDPOINT).
    type: str
  sts_endpoint:
    description:
      - Address of STS, as O(dis_endpoint). It is asked only where O(assume_domain_id) is set. By default it lies beside O(iam_endpoint),
        where that is set.
      - If not set, E(HW_STS_ENDPOINT) is used, then E(HUAWEICLOUD_SDK_STS_ENDPOINT).
    type: str
  validate_certs:
    description:
      - Whether the certificates of the services are verified.
      - If not set, E(HW_INSECURE) is used, which says the opposite. By default they are verified.
    type: bool
  ca_path:
    description:
      - PEM file, or folder of hashed PEM files, with the CAs to trust instead of the usual ones. Lies on the host that runs the module.
    type: path
  request_timeout:
    description:
      - Seconds that one request may take, from connecting to the end of the answer. Fractions are allowed.
      - To connect takes ten seconds at most.
    type: float
    default: 30
  retry_budget:
    description:
      - Seconds for which a call that failed is tried again. Fractions are allowed. V(0) is no retry.
      - Reads are tried again when the service is overloaded, busy or broken, or does not answer. Changes are tried again only when it
        is certain that they were not executed. Refused credentials are never tried again, for five failures lock a key.
      - The pauses grow up to 30 seconds and are random, and as long as the service asks for in C(Retry-After) where it does. Each retry is
        a warning.
      - Once a service did not answer for as long as this, further calls are tried once, until it answers again.
    type: float
    default: 60
requirements:
  - requests (Python library), on the host that runs the module
notes:
  - There are several ways to authenticate. Of those that are configured, options come before environment variables, and those before a
    profile that nobody named. Among options, and among variables, O(auth_token) comes first, then O(access_key) and O(secret_key), then
    O(user_name) and O(user_password), then O(profile) or O(config_file). So keys given as options beat a token in the environment.
  - Where nothing is configured, the agency of the ECS that the module runs on is used.
  - An option or environment variable that is empty counts as not set.
  - Environment variables are read on the host that runs the module. Proxies are taken from E(HTTPS_PROXY), E(HTTP_PROXY) and
    E(NO_PROXY); C(~/.netrc) is not read.
"""
