"""Check digits of numbers that a state or a bank gives out.

Sources: ISO/IEC 7812-1 (Luhn, issuers' prefixes); the Pension Fund's order 192p (SNILS);
the Federal Tax Service's order MM-7-6/435 (INN); Bank of Russia's 579-P (accounts).
"""

from __future__ import annotations

_INN_WEIGHTS = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
_OF_PERSONS = ("40817", "40820", "423", "426")
_ACCOUNTS = ("301", "302", "303", "405", "406", "407", "408", "423", "426", "455", "474")
_ACCOUNT_DIGITS = 20


def is_card(digits: str) -> bool:
    """Whether the digits are a payment card's in length, prefix and check digit."""
    issued = digits[:1] in "2456" or digits[:2] in {"34", "35", "36", "37", "38", "30"}
    return 13 <= len(digits) <= 19 and issued and _luhn(digits)


def is_snils(digits: str) -> bool:
    """Whether eleven digits are a SNILS with its check number."""
    if len(digits) != 11:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=False))
    return total % 101 % 100 == int(digits[9:])


def is_inn_of_person(digits: str) -> bool:
    """Whether twelve digits are a person's INN with both check digits."""
    if len(digits) != 12:
        return False
    return all(
        sum(int(d) * weight for d, weight in zip(digits, weights, strict=False)) % 11 % 10
        == int(digits[len(weights)])
        for weights in _INN_WEIGHTS
    )


def is_account(digits: str) -> bool:
    """Whether twenty digits are a bank account's, whosever it is."""
    return len(digits) == _ACCOUNT_DIGITS and digits.startswith(_ACCOUNTS)


def is_account_of_person(digits: str) -> bool:
    """Whether twenty digits are the account of a person who is no entrepreneur (408.17, 423...)."""
    return len(digits) == _ACCOUNT_DIGITS and digits.startswith(_OF_PERSONS)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1
