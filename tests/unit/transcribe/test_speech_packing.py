"""Speech is found, cut and packed so that every packed second can be mapped back to the call."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.audio import CallAudio
from transcribe.speech import (
    FRAME_S,
    Frames,
    Span,
    cut_long,
    is_speech,
    packed,
    padded,
    speech_spans,
)

spans_of_a_call = st.lists(
    st.tuples(st.floats(0.1, 3.0), st.floats(0.2, 9.0)), min_size=1, max_size=40
).map(
    lambda pairs: [
        Span(end - length, end)
        for end, length in zip(
            np.cumsum([gap + length for gap, length in pairs]).tolist(),
            [length for _, length in pairs],
            strict=True,
        )
    ]
)


def frames(chances: list[float], levels: list[float]) -> Frames:
    return Frames(np.array(chances, dtype=np.float32), np.array(levels, dtype=np.float32))


def test_a_loud_beginning_that_the_detector_doubts_is_speech() -> None:
    chances = [0.0] * 20 + [0.05] * 10 + [0.6] * 30 + [0.0] * 40
    levels = [-90.0] * 20 + [-25.0] * 10 + [-22.0] * 30 + [-90.0] * 40
    spans = speech_spans(is_speech(frames(chances, levels), 0.3), 0.2)
    assert spans == [Span(20 * FRAME_S, 60 * FRAME_S)]


def test_a_tone_far_from_speech_is_none() -> None:
    chances = [0.06] * 40 + [0.0] * 100 + [0.6] * 30
    levels = [-20.0] * 40 + [-90.0] * 100 + [-22.0] * 30
    spans = speech_spans(is_speech(frames(chances, levels), 0.3), 0.2)
    assert spans == [Span(140 * FRAME_S, 170 * FRAME_S)]


def test_loud_noise_that_nobody_takes_for_speech_stays_out() -> None:
    assert not is_speech(frames([0.02] * 50, [-10.0] * 50), 0.3).any()


def test_pauses_shorter_than_asked_for_do_not_part() -> None:
    mask = np.zeros(100, dtype=np.bool_)
    mask[10:30] = mask[34:50] = mask[80:95] = True
    assert [round(s.start / FRAME_S) for s in speech_spans(mask, 0.2)] == [10, 80]
    assert [round(s.start / FRAME_S) for s in speech_spans(mask, 0.1)] == [10, 34, 80]


def test_neighbours_share_the_silence_between_them() -> None:
    wide = padded([Span(1.0, 2.0), Span(2.2, 3.0)], 0.3, 3.1)
    assert wide[0].end == pytest.approx(2.1)
    assert wide[1].start == pytest.approx(2.1)
    assert (wide[0].start, wide[1].end) == (0.7, 3.1)


def test_a_long_stretch_is_cut_where_speech_is_least_likely() -> None:
    chances = np.full(1000, 0.9, dtype=np.float32)
    chances[300:306] = 0.1
    first, *_ = cut_long([Span(0.0, 32.0)], chances, 14.0)
    assert first.end == pytest.approx(303 * FRAME_S, abs=0.1)


@given(spans_of_a_call)
def test_packing_loses_nothing_and_keeps_to_the_length(spans: list[Span]) -> None:
    windows = packed(1, spans, 14.0, 0.3)
    assert [piece for window in windows for piece in window.pieces] == spans
    assert all(window.channel == 1 for window in windows)
    assert all(window.length <= 14.0 or len(window.pieces) == 1 for window in windows)


@given(spans_of_a_call, st.floats(0, 1))
def test_packed_time_maps_back_into_its_piece(spans: list[Span], share: float) -> None:
    for window in packed(0, spans, 14.0, 0.3):
        begin = 0.0
        for piece in window.pieces:
            inside = begin + share * piece.length
            assert window.call_time(inside) == pytest.approx(piece.start + inside - begin, abs=1e-6)
            begin += piece.length + 0.3


def test_a_packed_window_holds_its_pieces_samples() -> None:
    samples = np.arange(64_000, dtype=np.int16)[np.newaxis]
    audio = CallAudio(samples, 4.0, "pcm_s16le")
    (window,) = packed(0, [Span(0.5, 1.0), Span(2.0, 2.5)], 14.0, 0.3)
    wave = window.waveform(audio)
    assert len(wave) == round(window.length * 16_000)
    assert wave[0] * 32768 == samples[0, 8000]
    assert not wave[8000:12_800].any()
    assert wave[12_800] * 32768 == samples[0, 32_000]
