"""How days and times are said in English."""
from classify.timewords.patterns import Rule
ENGLISH_RULES: tuple[Rule, ...] = ()
