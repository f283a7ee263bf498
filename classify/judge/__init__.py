"""The judge's question and its answer: a language model hears a call a second time.

Pure: what asks over the network is `flow/judge_client.py`
(docs/decisions/0006-language-model-judge.md).
"""

from classify.judge.answer import Opinion, UnreadableAnswerError, read_answer
from classify.judge.merging import counted, merge
from classify.judge.question import PROMPT_VERSION, Question, pose, worth_asking
from classify.judge.refusals import Refusal

__all__ = [
    "PROMPT_VERSION",
    "Opinion",
    "Question",
    "Refusal",
    "UnreadableAnswerError",
    "counted",
    "merge",
    "pose",
    "read_answer",
    "worth_asking",
]
