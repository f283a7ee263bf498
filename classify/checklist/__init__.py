"""How well a call was led: a customer's checklist held against what was heard.

`rules` says what a checklist file may say, `file` reads one, `judge` holds it against a call,
`objections` tells whether an objection was answered in substance, `doubt` where the
transcript is too poor to tell, `proving` runs a file's examples.
"""

from classify.checklist.file import load_checklist
from classify.checklist.judge import check_call
from classify.checklist.rules import Checklist

__all__ = ["Checklist", "check_call", "load_checklist"]
