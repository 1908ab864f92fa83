"""Fixtures of all tests. The tests run against the installed package, never against the files beside them."""

import pytest

from crdt_merge import ManualClock, Replica


@pytest.fixture
def here() -> Replica:
    return Replica("here")


@pytest.fixture
def there() -> Replica:
    return Replica("there")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_767_225_600_000_000)
