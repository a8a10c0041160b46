"""The record in an object store: a real S3 server over HTTP, several writers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import boto3
import pytest
from made_record import CODER, made_story
from moto.server import ThreadedMotoServer

from diurna.store import Store, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diurna.records import Story

URL = "s3://records/record"


@pytest.fixture
def options() -> Iterator[dict[str, str]]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    place = f"http://{host}:{port}"
    access = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=place, **access).create_bucket(Bucket="records")
    yield {"AWS_ENDPOINT_URL": place, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    server.stop()


def made(number: int) -> Story:
    return made_story(number, "2021-05-18", ("ASSAULT", "RUS", "UKR"))


def test_writers_at_once_lose_and_double_nothing(options: dict[str, str]) -> None:
    store = Store.create(URL, options)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: Store(URL, options).write([made(n), made(100)], CODER), range(4)))
    assert sorted(s.id for s in store.stories()) == sorted(made(n).id for n in (*range(4), 100))
    assert verify(store) == []
    event = store.events().select("id").head(1).collect().item()
    store.review(event, "reject", by="ana", reason="a match")
    assert store.events(review="reject").select("id").collect().item() == event
