# mypy: ignore-errors
"""Runs inside of BottleCRM (Python 3.12): makes a person and prints what they log in with."""

import json

import django

django.setup()

from common.models import Profile, User  # noqa: E402 - Django has to be set up first
from rest_framework_simplejwt.tokens import RefreshToken  # noqa: E402

EMAIL = "office@example.com"

user, _ = User.objects.get_or_create(email=EMAIL, defaults={"is_active": True})
seeded = Profile.objects.filter(role="ADMIN").exclude(user=user).select_related("org").first()
print(  # noqa: T201 - read by the tests
    json.dumps(
        {
            "person": str(RefreshToken.for_user(user).access_token),
            "seeded": str(RefreshToken.for_user(seeded.user).access_token) if seeded else None,
            "seeded_org": str(seeded.org_id) if seeded else None,
        }
    )
)
