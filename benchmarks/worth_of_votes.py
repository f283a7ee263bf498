"""What the votes are worth: the wordings alone, and with the packaged votes beside them.

python -m benchmarks.worth_of_votes

On the validation and the test sets, which neither learnt from; figures for each kind of action on
the validation sets only.
"""

from __future__ import annotations

from benchmarks.quality import answer, talk_of
from benchmarks.score import Score, score
from benchmarks.sets import TEST, VALIDATION, LabelledSet
from classify.hear import by_wordings, voted


def compared(one: LabelledSet) -> tuple[Score, Score]:
    """The figures of a set as the wordings hear it alone, and with the votes beside them."""
    alone, both, labels = {}, {}, []
    for text, label in one.calls():
        talk = talk_of(text, one.language)
        call = by_wordings(talk)
        outcome, found = voted(talk)
        alone[label["call_id"]] = answer(call.outcome, call.actions)
        both[label["call_id"]] = answer(outcome, (each.action for each in found))
        labels.append(label)
    return score(alone, labels), score(both, labels)


def main() -> None:
    """Prints both figures of every set."""
    for one in (*VALIDATION, *TEST):
        alone, both = compared(one)
        print(f"\n== {one.name}, {one.split}: {alone.calls} dialogues")
        print(alone.core.line("core, wordings alone"))
        print(both.core.line("core, with votes"))
        print(f"   macro {alone.macro:.3f}, {both.macro:.3f}")
        for name in sorted(both.kinds) if one.split == "validation" else ():
            print(alone.kinds[name].line(f"   {name}, alone"))
            print(both.kinds[name].line(f"   {name}, votes"))


if __name__ == "__main__":
    main()
