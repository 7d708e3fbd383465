# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Smart Connect on an instance: on, off, whether there is room for it, whether its peers can be reached."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from . import refusals
from .book import Book, Connector, Instance, Job
from .form import Form, json_object

router = APIRouter()

OLD_BANDWIDTHS = ("100MB", "300MB", "600MB", "1200MB")
PAY_PER_USE = 1


def refuse_while_busy(instance: Instance) -> None:
    """Raises Refusal unless the instance is RUNNING. Being refused counts as a look at the instance: who retries gets through."""
    status = instance.walk.peek()
    if status != "RUNNING":
        instance.walk.read()
        raise refusals.busy(status)


def refuse_task_write_while_busy(request: Request, instance: Instance) -> None:
    if request.state.cloud.switches["dms.tasks_while_busy"] == "refused":
        refuse_while_busy(instance)


@router.get("/v2/{project_id}/instances/{instance_id}/connector")
async def show_connector_resource_info(request: Request, instance_id: str) -> Response:
    book: Book = request.state.project.books["dms"]
    book.instance(instance_id)
    return JSONResponse({"soldOut": request.state.cloud.switches["dms.connector.sold_out"]})


@router.post("/v2/{project_id}/instances/{instance_id}/connector")
async def create_connector(request: Request, instance_id: str) -> Response:
    cloud = request.state.cloud
    book: Book = request.state.project.books["dms"]
    instance = book.instance(instance_id)
    form = Form(cloud, json_object(request), refusals.invalid_parameter)
    node_num = form.integer("node_cnt", 2, 16, default=2, texts=True)
    form.text("spec_code")
    specification = form.text("specification")
    if specification and specification not in OLD_BANDWIDTHS:
        raise refusals.invalid_parameter(f"specification must be one of {', '.join(OLD_BANDWIDTHS)}")
    bandwidth = instance.details["specification"]
    if specification and bandwidth in OLD_BANDWIDTHS and specification != bandwidth:
        raise refusals.invalid_parameter(f"specification must be the bandwidth of the instance, {bandwidth}")
    refuse_while_busy(instance)
    if instance.connector is not None:
        raise refusals.connector_exists()
    if instance.charging_mode != PAY_PER_USE:
        raise refusals.invalid_parameter("Smart Connect can be enabled by this call on pay-per-use instances only")
    if instance.type != "cluster":
        raise refusals.invalid_parameter("single-node instances do not support Smart Connect")
    if cloud.switches["dms.connector.sold_out"]:
        raise refusals.sold_out()
    refusals.account(cloud)
    connector_id = cloud.new_id("uuid")
    instance.connector = Connector(connector_id, node_num)
    job = _start(book, instance, "on", {"connector_id": connector_id, "node_cnt": node_num})
    return JSONResponse({"job_id": job.id, "connector_id": connector_id})


@router.post("/v2/{project_id}/kafka/instances/{instance_id}/delete-connector")
async def delete_connector(request: Request, instance_id: str) -> Response:
    cloud = request.state.cloud
    book: Book = request.state.project.books["dms"]
    instance = book.instance(instance_id)
    empty = not request.state.body.strip()
    body = {} if empty and cloud.switches["dms.connector.empty_body"] == "accepted" else json_object(request)
    if body.get("instance_id") not in (None, instance_id):
        raise refusals.invalid_parameter("instance_id is not the one in the URL")
    refuse_while_busy(instance)
    if instance.connector is None:
        raise refusals.connector_missing()
    if instance.charging_mode != PAY_PER_USE and not (body.get("order_id") and body.get("csb_instance_product_id")):
        raise refusals.invalid_parameter("Smart Connect of a yearly/monthly instance is disabled by an order")
    enforced = cloud.switches["dms.connector.disable_with_tasks"]
    if instance.tasks and enforced != "accepted":
        if enforced == "refused as busy":
            raise refusals.busy("Smart Connect tasks exist")
        raise refusals.invalid_parameter("delete all Smart Connect tasks first")
    job = _start(book, instance, "off", {"connector_id": instance.connector.id})
    return JSONResponse({"job_id": job.id})


@router.post("/v2/{project_id}/kafka/instances/{instance_id}/delete-connector-order")
async def create_delete_connector_order(request: Request, instance_id: str) -> Response:
    """Unsubscribes a yearly/monthly connector; the billing system then calls delete-connector with the order."""
    cloud = request.state.cloud
    book: Book = request.state.project.books["dms"]
    instance = book.instance(instance_id)
    form = Form(cloud, json_object(request), refusals.invalid_parameter)
    form.choice("instance_id", (instance_id,))
    form.text("url")
    refuse_while_busy(instance)
    if instance.connector is None:
        raise refusals.connector_missing()
    if instance.charging_mode == PAY_PER_USE:
        raise refusals.invalid_parameter("Smart Connect of a pay-per-use instance is disabled without an order")
    return JSONResponse({"order_id": "CS" + cloud.new_id("hex")[:20].upper()})


@router.post("/v2/{project_id}/instances/{instance_id}/connector/validate")
async def validate_connector_connectivity(request: Request, instance_id: str) -> Response:
    cloud = request.state.cloud
    book: Book = request.state.project.books["dms"]
    book.instance(instance_id)
    form = Form(cloud, json_object(request), refusals.invalid_parameter)
    form.choice("type", ("OBS_SINK", "KAFKA_REPLICATOR_SOURCE"))
    form.part("task", required=True)
    if cloud.switches["dms.connector.validate"] == "unreachable":
        raise refusals.invalid_parameter("the peer cannot be reached")
    return Response(status_code=200)


def _start(book: Book, instance: Instance, direction: str, params: dict[str, Any]) -> Job:
    cloud = book.cloud
    job = Job(
        cloud.new_id("uuid"),
        "createConnector" if direction == "on" else "deleteConnector",
        "EXECUTING",
        {"instance_id": instance.id, **params},
        cloud.now(),
        cloud.now(),
    )
    instance.jobs.append(job)
    instance.switching = direction
    if direction == "on":
        instance.walk.move(cloud.switches["dms.connector.enable_outcome"], "EXTENDING", cloud.switches["dms.connector.extending"])
    else:
        instance.walk.move("RUNNING", "CONNECTOR_DELETING", cloud.switches["dms.connector.deleting"])
    instance.settle(cloud.now())
    return job
