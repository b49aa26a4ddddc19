"""How often anyone may ask, and how many may fail to come in."""

import pytest

from serving.web.rate_limits import MinuteCounts, RateLimits, TooOftenError, network_of

MODELS, SCORES = "/v1/models", "/v1/models/school_readiness/scores"
SUBJECT = {"subject": "100012345678"}


class Counts(MinuteCounts):
    """Counts with a clock that is moved by hand."""

    def __init__(self, most):
        self.now = 1_000.0
        super().__init__(most, lambda: self.now)


@pytest.fixture
def strict(council):
    """A council whose limits are soon reached."""
    council.settings = council.settings.model_copy(
        update={"requests_a_minute": 5, "failures_a_minute": 3}
    )
    return council


def with_key(key):
    return {"Authorization": f"Bearer {key}"}


def test_the_last_one_within_the_limit_passes_and_the_next_waits_for_the_minute_to_end():
    counts = Counts(3)
    assert [counts.add("a") for _ in range(4)] == [0, 0, 0, 60]
    counts.now += 59.5
    assert counts.add("a") == 1
    counts.now += 0.5
    assert counts.add("a") == 0


def test_each_is_counted_apart():
    counts = Counts(1)
    assert [counts.add(name) for name in ("a", "b", "a")] == [0, 0, 60]


def test_a_batch_counts_its_rows():
    counts = Counts(1_000)
    assert counts.add("a", 999) == 0
    assert counts.add("a", 2) > 0


def test_memory_is_bounded_however_many_networks_come():
    counts = Counts(30)
    for name in range(12_000):
        counts.add(str(name))
    assert len(vars(counts)["_counts"]) <= 10_001
    assert counts.add("yet another") > 0
    assert counts.add("0") == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.77", "::/64"),
        ("no address", ""),
        ("", ""),
    ],
)
def test_failures_are_counted_by_network(address, network):
    assert network_of(address) == network


def test_failures_of_one_network_do_not_keep_another_out():
    limits = RateLimits(10, 1)
    limits.count_failure("192.0.2.1")
    with pytest.raises(TooOftenError):
        limits.count_failure("192.0.2.2")
    limits.count_failure("198.51.100.1")


def test_whoever_asks_too_often_is_told_when_to_come_again(strict):
    with strict.client() as client:
        assert [client.get(MODELS).status_code for _ in range(5)] == [200] * 5
        refused = client.get(MODELS)
        assert refused.status_code == 429
        assert refused.json()["type"] == "urn:hearth:problem:too-often"
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert client.post(SCORES, json=SUBJECT).status_code == 429


def test_health_is_free_and_others_keep_their_own_count(strict):
    with strict.client() as client:
        while client.get(MODELS).status_code == 200:
            pass
        assert [client.get("/health/live").status_code for _ in range(9)] == [200] * 9
        other = client.get(MODELS, headers=with_key(strict.keys["administrator"]))
        assert other.status_code == 200


def test_too_many_failures_are_told_to_wait_and_a_working_key_still_gets_in(strict):
    with strict.client() as client:
        wrong = [client.get(MODELS, headers=with_key("hearth_x")).status_code for _ in range(5)]
        assert wrong == [401, 401, 401, 429, 429]
        assert client.get(MODELS).status_code == 200


def test_failures_are_logged_by_reason_until_they_are_too_many(strict, capfd):
    with strict.client() as client:
        for _ in range(9):
            client.get(MODELS, headers=with_key("hearth_marked"))
    logged = "".join(capfd.readouterr())
    assert logged.count("not authenticated") == 3
    assert "marked" not in logged


def test_guesses_in_the_sign_in_form_are_counted_too(strict):
    with strict.client(None, follow_redirects=False) as client:
        form = client.get("/sign-in").text
        csrf = form.split('name="csrf" value="')[1].split('"')[0]
        guesses = [
            client.post("/sign-in", data={"csrf": csrf, "key": f"hearth_{i}"}) for i in range(4)
        ]
        assert [one.status_code for one in guesses] == [422, 422, 422, 429]
        assert "Retry-After" in guesses[-1].headers


def test_rows_of_a_batch_are_counted(strict):
    with strict.client() as client:
        batch = {"subjects": ["100012345678"] * 5}
        assert client.post(SCORES, json=batch).status_code == 201
        assert client.post(SCORES, json=SUBJECT).status_code == 429
    with strict.client() as client:
        larger = client.post(SCORES, json={"subjects": ["100012345678"] * 6})
        assert larger.status_code == 429
        assert larger.json()["type"] == "urn:hearth:problem:too-often"
