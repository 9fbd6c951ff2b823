import pytest
from django.test import RequestFactory

from core.requests import TraceMiddleware, client_address, current_trace


def request(**meta):
    return RequestFactory().get("/", **meta)


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "203.0.113.1", "10.0.0.1"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "198.51.100.9, 203.0.113.1", "203.0.113.1"),
        (2, "198.51.100.9, 203.0.113.1, 10.0.0.8", "203.0.113.1"),
        (2, "203.0.113.1", "203.0.113.1"),
        (1, "", "10.0.0.1"),
        (1, "nonsense", None),
    ],
)
def test_address_is_believed_as_far_as_our_proxies_reach(settings, proxies, header, address):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(request(HTTP_X_FORWARDED_FOR=header, REMOTE_ADDR="10.0.0.1")) == address


@pytest.mark.parametrize(
    ("remote", "address"),
    [("::ffff:10.0.0.1", "10.0.0.1"), ("2001:DB8:0:0::1", "2001:db8::1"), ("", None)],
)
def test_address_has_one_spelling(remote, address):
    assert client_address(request(REMOTE_ADDR=remote)) == address


def test_trace_lasts_as_long_as_the_request():
    seen = []

    def view(request):
        seen.append(current_trace())
        return {}

    response = TraceMiddleware(view)(request(REMOTE_ADDR="10.0.0.1"))
    assert seen[0].address == "10.0.0.1"
    assert response == {"X-Request-ID": seen[0].request_id}
    assert current_trace().request_id == ""


@pytest.mark.parametrize(("path", "kind"), [("/", "text/plain"), ("/api/v1/", "application/json")])
def test_address_with_a_nul_is_refused(client, path, kind):
    for address in (f"{path}?term=%00", f"{path}x%00/"):
        answer = client.get(address)
        assert answer.status_code == 400
        assert answer["Content-Type"].startswith(kind)


@pytest.mark.parametrize("length", [str(12 * 1024 * 1024 + 1), "9" * 30, "²", "-1"])
def test_oversized_request_is_refused_before_it_is_read(client, length):
    for path in ("/accounts/sessions/create/", "/api/v1/tokens/"):
        answer = client.generic("POST", path, b"", CONTENT_LENGTH=length)
        assert answer.status_code == 413
