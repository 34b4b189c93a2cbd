"""The order application from pytest, over the wire: time, faults, forks and snapshots by the admin API.

Expects AWAN_ENDPOINT to name a running Awan with patterns/orders deployed as the stack "orders".
"""

import json
import os
import urllib.request

import boto3
import pytest

ROOT = os.environ["AWAN_ENDPOINT"]


class Awan:
    """A running Awan, or a fork of one."""

    def __init__(self, endpoint):
        self.endpoint = endpoint

    def admin(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}/_awan/{path}", data=data, method=method)
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def resource(self, logical_id):
        found = self.client("cloudformation").describe_stack_resource(
            StackName="orders", LogicalResourceId=logical_id
        )
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def queue(self, logical_id):
        return f"{self.endpoint}/000000000000/{self.resource(logical_id).rsplit('/', 1)[-1]}"


@pytest.fixture
def awan():
    """Each test has the deployed application to itself."""
    root = Awan(ROOT)
    fork = root.admin("POST", "forks?seed=1")
    yield Awan(fork["endpoint"])
    root.admin("DELETE", f"forks?name={fork['name']}")


def place(awan, **order):
    awan.client("sqs").send_message(QueueUrl=awan.queue("OrdersQueue"), MessageBody=json.dumps(order))
    awan.admin("POST", "settle")


def test_an_order_is_recorded_and_shipped(awan):
    place(awan, orderId="o-1", item="kopi", quantity=2)
    items = awan.client("dynamodb").scan(TableName=awan.resource("OrdersTable"))["Items"]
    assert [item["orderId"]["S"] for item in items] == ["o-1"]
    shipped = awan.client("sqs").receive_message(QueueUrl=awan.queue("ShippingQueue"))["Messages"]
    assert json.loads(shipped[0]["Body"])["orderId"] == "o-1"


def test_forks_see_nothing_of_each_other(awan):
    assert awan.client("dynamodb").scan(TableName=awan.resource("OrdersTable"))["Items"] == []


def test_three_visibility_timeouts_take_no_time(awan):
    place(awan, orderId="poison", item="kopi", quantity=-1)
    awan.admin("POST", "clock/advance?by=200s")
    dead = awan.client("sqs").receive_message(QueueUrl=awan.queue("OrdersDeadLetterQueue"))["Messages"]
    assert json.loads(dead[0]["Body"])["orderId"] == "poison"


def test_duplicates_change_nothing(awan):
    awan.admin("POST", "faults", {"on": "RecordOrder", "kind": "duplicate"})
    place(awan, orderId="o-1", item="kopi", quantity=2)
    assert awan.admin("GET", "faults")["happened"]
    items = awan.client("dynamodb").scan(TableName=awan.resource("OrdersTable"))["Items"]
    assert len(items) == 1
    shipped = awan.client("sqs").receive_message(QueueUrl=awan.queue("ShippingQueue"), MaxNumberOfMessages=10)
    assert len(shipped["Messages"]) == 1


def test_a_snapshot_brings_back_what_was(awan):
    place(awan, orderId="o-1", item="kopi", quantity=2)
    awan.admin("POST", "snapshots/save?name=one-order")
    place(awan, orderId="o-2", item="teh", quantity=1)
    table = awan.resource("OrdersTable")
    assert awan.client("dynamodb").scan(TableName=table)["Count"] == 2
    awan.admin("POST", "snapshots/restore?name=one-order")
    assert awan.client("dynamodb").scan(TableName=table)["Count"] == 1
