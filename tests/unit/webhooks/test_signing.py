"""Signatures are those of Standard Webhooks, checked by what its specification shows."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from core.signing import new_secret, signed_headers
from tests.fakes.receiver import Got, verified

# The example of the reference libraries: https://github.com/standard-webhooks/standard-webhooks
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - published
UID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_reference_example_gives_the_reference_signature() -> None:
    at = datetime.fromtimestamp(STAMP, UTC)
    assert signed_headers([SECRET], UID, at, BODY) == {
        "webhook-id": UID,
        "webhook-timestamp": str(STAMP),
        "webhook-signature": SIGNATURE,
    }


def test_two_secrets_give_two_signatures_and_either_is_enough() -> None:
    one, other = new_secret(), new_secret()
    at, body = datetime.now(UTC), '{"слово": "да"}'.encode()
    headers = signed_headers([one, other], "evt_1", at, body)
    assert headers["webhook-signature"].count("v1,") == 2
    got = Got(headers, body, 200)
    assert verified(one, got)
    assert verified(other, got)
    assert not verified(new_secret(), got)
    assert not verified(one, Got(headers, body + b" ", 200))
    assert not verified(one, Got(headers | {"webhook-id": "evt_2"}, body, 200))
    assert not verified(one, Got(headers | {"webhook-timestamp": "1"}, body, 200))


def test_a_secret_is_long_and_new_each_time() -> None:
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(len(base64.b64decode(one.removeprefix("whsec_"))) == 32 for one in secrets)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_MTIz", "whsec_%%%", "whsec_" + "A" * 100])
def test_what_is_no_secret_does_not_sign(secret: str) -> None:
    with pytest.raises(ValueError, match="no secret"):
        signed_headers([secret], "evt_1", datetime.now(UTC), b"")
