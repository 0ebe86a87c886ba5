"""Numbers carry the check digits of their standards."""

from __future__ import annotations

import numpy as np

from doudi.synth import numbers


def test_person_numbers_are_unique_valid_and_tell_birth_and_sex() -> None:
    birth = np.repeat(np.array(["1949-12-31", "2001-02-28"], dtype="datetime64[D]"), 400)
    male = np.arange(800) % 2 == 0
    made = numbers.person_numbers(birth, male)
    assert len(set(made)) == 800
    for number, man in zip(made.tolist(), male.tolist(), strict=True):
        total = sum(w * int(d) for w, d in zip(numbers.PERSON_WEIGHTS, number, strict=False))
        assert number[17] == "10X98765432"[total % 11]
        assert (int(number[16]) % 2 == 1) == man
    assert made[0][6:14] == "19491231"


def test_the_check_digit_of_the_standards_own_example() -> None:
    assert numbers.check_digits(np.array([11010519491231002]))[0] == "X"


def test_company_codes_pass_the_check_of_gb_32100() -> None:
    for code in numbers.company_codes(np.arange(200) + 10_000_000):
        total = sum(
            numbers.COMPANY_ALPHABET.index(s) * pow(3, i, 31) for i, s in enumerate(code[:17])
        )
        assert (total + numbers.COMPANY_ALPHABET.index(code[17])) % 31 == 0


def test_the_company_check_agrees_with_a_code_of_the_standard() -> None:
    code = "91350100M000100Y43"
    total = sum(numbers.COMPANY_ALPHABET.index(s) * pow(3, i, 31) for i, s in enumerate(code[:17]))
    assert numbers.COMPANY_ALPHABET[-total % 31] == code[17]
