"""The words that every part of stagecheck uses: frozen, typed, free of I/O."""
