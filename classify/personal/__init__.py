"""Personal numbers in a call: found, masked, and where they are to be silenced."""

from classify.personal.masking import masked_segments, masked_transcript

__all__ = ["masked_segments", "masked_transcript"]
