"""Sessions of the pages end: by signing out, by the clock, and with the key they were begun with."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hearth.audit_log import AuditLog
from hearth.identity import revoke_key
from hearth.storage.engine import reading, writing
from hearth.storage.schema import ended_sessions
from serving.pages.session import COOKIE, LIFE, unseal


@pytest.fixture
def times(council):
    """Moments that the service's clock tells, the last one now."""
    start = council.clock()
    told = [start]
    council.clock = lambda: told[-1]
    return told


@pytest.fixture
def browser(council, times):
    with council.client(None, follow_redirects=False) as opened:
        yield opened


def csrf_of(browser, council):
    pepper = council.settings.api_key_pepper.get_secret_value()
    return unseal(browser.cookies[COOKIE], pepper, council.clock()).csrf


def sign_in(browser, council):
    browser.get("/sign-in")
    form = {"csrf": csrf_of(browser, council), "key": council.keys["caseworker"]}
    assert browser.post("/sign-in", data=form).status_code == 303
    return browser.cookies[COOKIE]


def sign_out(browser, council):
    assert browser.post("/sign-out", data={"csrf": csrf_of(browser, council)}).status_code == 303


def sees_the_register(browser, cookie):
    browser.cookies.clear()
    browser.cookies.set(COOKIE, cookie)
    return browser.get("/models").status_code == 200


def test_a_copy_of_a_cookie_is_worth_nothing_once_its_owner_signed_out(browser, council):
    cookie = sign_in(browser, council)
    assert sees_the_register(browser, cookie)
    sign_out(browser, council)
    assert not sees_the_register(browser, cookie)


def test_signing_out_is_known_to_every_worker(browser, council):
    cookie = sign_in(browser, council)
    with council.client(None, follow_redirects=False) as another:
        assert sees_the_register(another, cookie)
        sign_out(browser, council)
        assert not sees_the_register(another, cookie)


def test_signing_out_leaves_other_sessions_of_the_same_key_alone(browser, council):
    first, second = sign_in(browser, council), (browser.cookies.clear(), sign_in(browser, council))
    sign_out(browser, council)
    assert sees_the_register(browser, first)
    assert not sees_the_register(browser, second[1])


def test_a_session_ends_after_a_working_day(browser, council, times):
    cookie = sign_in(browser, council)
    times.append(times[0] + LIFE - timedelta(seconds=1))
    assert sees_the_register(browser, cookie)
    times.append(times[0] + LIFE)
    assert not sees_the_register(browser, cookie)


def test_a_revoked_key_ends_its_sessions_from_the_next_page_on(browser, council):
    cookie = sign_in(browser, council)
    with writing(council.engine) as connection:
        audit = AuditLog(council.engine, council.clock)
        key_id = council.keys["caseworker"].split("_")[1]
        revoke_key(connection, key_id, actor="operator", audit=audit, now=council.clock())
    assert not sees_the_register(browser, cookie)


def test_sessions_signed_out_are_forgotten_once_they_would_have_ended(browser, council, times):
    sign_in(browser, council)
    sign_out(browser, council)
    times.append(times[0] + LIFE)
    browser.cookies.clear()
    sign_in(browser, council)
    sign_out(browser, council)
    with reading(council.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(ended_sessions)) == 1
