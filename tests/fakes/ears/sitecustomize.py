"""Gives every process of a test ears that know beforehand what is said, and ways to fail.

Python runs this at its start where the folder is on PYTHONPATH. What happens is steered by files in
the folder that STAGECHECK_TEST_EARS names:

- ``wait-3``: a recording of three seconds is not ready before the file is gone;
- ``die-3``: the process kills itself when it comes to that recording; ``die-3-once``: one does;
- ``kill``: lines ``module:function:before`` or ``after``; whoever comes there kills itself and
  takes the line out.

Each recording that is heard leaves a line in ``heard``. With STAGECHECK_TEST_HEARS_QUICKLY set, what
was said is understood by a few lines instead of the action engine.
"""

import os


def _install() -> None:
    folder = os.environ.get("STAGECHECK_TEST_EARS")
    if folder is None:
        return
    from tests.fakes.failing import install

    install(folder)


_install()
