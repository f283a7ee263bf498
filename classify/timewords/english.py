"""How days and times are said in English: «next Tuesday at half past two», «in an hour»."""

from __future__ import annotations

from classify.timewords.english_clock import CLOCK_RULES
from classify.timewords.english_day import DAY_RULES
from classify.timewords.patterns import Rule

ENGLISH_RULES: tuple[Rule, ...] = (*CLOCK_RULES, *DAY_RULES)
