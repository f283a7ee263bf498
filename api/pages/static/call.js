// The page of one call: its sound, words that follow it, marks of actions, keys.
(() => {
  "use strict";
  const nonce = document.currentScript.nonce;
  const byId = (id) => document.getElementById(id);
  const player = byId("player"), sound = byId("sound");
  const STEP_S = 5, GAP_S = 1, LEAD_S = 0.25;
  const clock = (seconds) => {
    const whole = Math.floor(seconds), two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  };
  const say = (text) => document.dispatchEvent(new CustomEvent("said", { detail: text }));
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // --- words by time -------------------------------------------------------------------------
  let words = [], segments = [];
  const timed = (selector) => [...document.querySelectorAll(selector)]
    .map((place) => ({ place, start: Number(place.dataset.start), end: Number(place.dataset.end) }))
    .sort((one, other) => one.start - other.start);
  const readWords = () => {
    words = timed("#transcript .word[data-start]");
    segments = timed("#transcript .segment[data-start]");
  };
  // The last one that began at `at` or before, while it goes on.
  const lastBefore = (list, at) => {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].start <= at) low = middle + 1; else high = middle;
    }
    return low - 1;
  };
  const going = (list, at, grace) => {
    const one = list[lastBefore(list, at)];
    return one && at < one.end + grace ? one.place : null;
  };
  let nowWord = null, nowSegment = null;
  const mark = (place, before) => {
    if (place === before) return before;
    before?.classList.remove("now");
    place?.classList.add("now");
    return place;
  };
  const show = () => {
    const at = sound.currentTime;
    byId("at").textContent = clock(at);
    nowWord = mark(going(words, at, 0.2), nowWord);
    const segment = going(segments, at, 0.2);
    if (segment && segment !== nowSegment && byId("follow").checked && !sound.paused) {
      const box = segment.getBoundingClientRect(), top = player.getBoundingClientRect().bottom;
      if (box.top < top || box.bottom > innerHeight) segment.scrollIntoView({ block: "center" });
    }
    nowSegment = mark(segment, nowSegment);
  };

  // --- the sound ------------------------------------------------------------------------------
  const play = () => sound.play().catch((error) => {
    if (error.name === "NotAllowedError") say(player.dataset.press);
    else if (error.name !== "AbortError") refused();
  });
  const refused = async () => {
    const answer = await fetch(player.dataset.audio, { method: "HEAD" }).catch(() => null);
    if (answer?.ok) return;
    const told = await fetch(player.dataset.peaks).catch(() => null);
    byId("wave-said").textContent = told && !told.ok ? await told.text() : player.dataset.failed;
  };
  const seek = (at, begin = true) => {
    if (!player) return;
    sound.currentTime = Math.max(0, at);
    show();
    if (begin) play();
  };
  // By what the button says: a page that was opened at a second may just be beginning to play.
  const toggle = () => {
    if (byId("play").getAttribute("aria-pressed") === "true") sound.pause(); else play();
  };
  const speeds = () => [...byId("speed").options].map((option) => option.value);
  const faster = (by) => {
    const all = speeds(), place = all.indexOf(byId("speed").value) + by;
    if (!all[place]) return;
    byId("speed").value = all[place];
    setSpeed();
  };
  const setSpeed = () => {
    sound.playbackRate = sound.defaultPlaybackRate = Number(byId("speed").value);
    sound.preservesPitch = true;
    localStorage.setItem("speed", byId("speed").value);
  };
  const skipSilence = () => {
    if (!byId("skip").checked || !segments.length || sound.seeking) return;
    const at = sound.currentTime, place = lastBefore(segments, at);
    const until = Math.max(0, ...segments.slice(0, place + 1).map((one) => one.end));
    const next = segments[place + 1];
    if (next && at > until + LEAD_S && next.start - at > GAP_S) sound.currentTime = next.start - LEAD_S;
  };
  const tick = () => {
    if (sound.paused) return;
    show();
    skipSilence();
    requestAnimationFrame(tick);
  };
  const showPlaying = () => {
    const button = byId("play"), playing = !sound.paused;
    button.textContent = playing ? button.dataset.pause : button.dataset.play;
    button.setAttribute("aria-pressed", String(playing));
    if (playing) tick();
  };

  // --- the waveform ---------------------------------------------------------------------------
  let wave = null, regions = null;
  const track = (name) => ({
    height: innerWidth < 640 ? 32 : 48, waveColor: `${colour(name)}88`, progressColor: colour(name),
  });
  const drawWave = async () => {
    const answer = await fetch(player.dataset.peaks).catch(() => null);
    if (!answer?.ok) {
      byId("wave-said").textContent = answer ? await answer.text() : player.dataset.failed;
      if (answer) byId("play").disabled = true;
      return;
    }
    const { duration, channels } = await answer.json();
    const two = channels.length > 1, names = byId("track-names");
    (two ? [player.dataset.first, player.dataset.second] : [player.dataset.one]).forEach((name) => {
      const span = document.createElement("span");
      span.textContent = name;
      names.append(span);
    });
    regions = WaveSurfer.Regions.create();
    wave = WaveSurfer.create({
      container: "#wave", media: sound, peaks: channels, duration, cspNonce: nonce, normalize: true,
      cursorColor: colour("--ink"), cursorWidth: 2, dragToSeek: true, plugins: [regions],
      splitChannels: two ? [track("--calm"), track("--good")] : undefined, ...track("--calm"),
    });
    wave.on("interaction", () => show());
    regions.on("region-clicked", (region, event) => {
      event.stopPropagation();
      seek(region.start);
      byId(region.id)?.scrollIntoView({ block: "nearest" });
    });
    wave.once("ready", () => { byId("wave-said").textContent = ""; markActions(); });
  };
  const looks = { done: "--good", promised: "--calm", proposed: "--warn", declined: "--bad" };
  const markActions = () => {
    if (!regions) return;
    regions.clearRegions();
    const together = new Map(); // actions of one utterance share a mark
    document.querySelectorAll("#actions .action[data-start]:not([data-wrong])").forEach((action) =>
      together.set(action.dataset.start, [...(together.get(action.dataset.start) ?? []), action]));
    together.forEach((actions) => {
      const action = actions[0], { start, end, status } = action.dataset;
      const content = document.createElement("span");
      content.textContent = actions.map((one) => one.dataset.mark).join(" ");
      content.title = actions.map((one) => one.dataset.name).join(", ");
      content.style.cssText = `font: 600 11px system-ui; padding: 0 3px; border-radius: 3px; white-space: nowrap;
        color: ${colour(looks[status])}; background: ${colour("--paper")}`;
      regions.addRegion({
        id: action.id, start: Number(start), end: Math.max(Number(end), Number(start) + 0.5),
        color: `${colour(looks[status])}33`, content, drag: false, resize: false,
      });
    });
  };

  // --- finding words --------------------------------------------------------------------------
  let hits = [], hit = -1;
  const plain = (text) => text.toLowerCase().replaceAll("ё", "е");
  const find = () => {
    const wanted = plain(byId("query").value.trim()), parts = wanted.split(/\s+/).filter(Boolean);
    hits = [];
    hit = -1;
    document.querySelectorAll("#transcript .segment").forEach((segment) => {
      segment.classList.remove("hit");
      const here = Boolean(wanted) && plain(segment.querySelector("p").textContent).includes(wanted);
      segment.classList.toggle("found", here);
      segment.querySelectorAll(".word").forEach((word) => word.classList.toggle("found",
        here && parts.some((part) => plain(word.textContent).includes(part))));
      if (here) hits.push(segment);
    });
    byId("hits").textContent = !wanted ? "" : hits.length ? `${hits.length}` : byId("hits").dataset.none;
  };
  const nextHit = () => {
    if (!hits.length) return;
    hits[hit]?.classList.remove("hit");
    hit = (hit + 1) % hits.length;
    hits[hit].classList.add("hit");
    hits[hit].scrollIntoView({ block: "center" });
    byId("hits").textContent = `${hit + 1} / ${hits.length}`;
    if (player && sound.paused && hits[hit].dataset.start) seek(Number(hits[hit].dataset.start), false);
  };

  // --- from action to action ------------------------------------------------------------------
  const toAction = (by) => {
    const every = [...document.querySelectorAll("#actions .action[data-start]")];
    if (!every.length) return;
    const at = player ? sound.currentTime : -1;
    let place = every.findIndex((one) => one.classList.contains("now"));
    if (place < 0) {
      const after = every.findIndex((one) => Number(one.dataset.start) > at + 0.1);
      place = by > 0 ? (after < 0 ? every.length : after) - 1 : (after < 0 ? every.length : after);
    }
    const next = every[Math.min(every.length - 1, Math.max(0, place + by))];
    every.forEach((one) => one.classList.toggle("now", one === next));
    next.scrollIntoView({ block: "nearest" });
    seek(Number(next.dataset.start), player ? !sound.paused : false);
  };

  // --- keys -----------------------------------------------------------------------------------
  const keys = {
    " ": () => player && toggle(), ArrowLeft: () => player && seek(sound.currentTime - STEP_S, false),
    ArrowRight: () => player && seek(sound.currentTime + STEP_S, false),
    "[": () => player && faster(-1), "]": () => player && faster(1),
    "/": () => byId("query")?.focus(), n: () => toAction(1), p: () => toAction(-1),
    "?": () => byId("keys").showModal(),
  };
  // Keys of a Russian keyboard lie elsewhere.
  const places = { KeyN: "n", KeyP: "p", BracketLeft: "[", BracketRight: "]" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const name = event.key in keys ? event.key
      : event.code === "Slash" && event.shiftKey ? "?" : event.code === "Slash" ? "/" : places[event.code];
    if (!name || (name === " " && event.target.closest("button, a, summary, label, input"))) return;
    event.preventDefault();
    keys[name]();
  });

  // --- what is clicked, sent and asked for ------------------------------------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seek]");
    if (button) seek(Number(button.dataset.seek));
    const word = event.target.closest(".word[data-start]");
    if (word && getSelection().isCollapsed) seek(Number(word.dataset.start));
  });
  byId("show-keys").addEventListener("click", () => byId("keys").showModal());
  byId("search")?.addEventListener("submit", (event) => { event.preventDefault(); nextHit(); });
  byId("query")?.addEventListener("input", find);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "edit") byId("edit").showModal();
  });
  document.addEventListener("corrected", () => {
    if (byId("edit").open) byId("edit").close();
    readWords();
    markActions();
    if (byId("query")?.value) find();
  });
  document.addEventListener("htmx:responseError", (event) => {
    const type = event.detail.xhr.getResponseHeader("content-type") ?? "";
    if (type.startsWith("text/plain")) say(event.detail.xhr.responseText);
  });
  document.addEventListener("toggle", (event) => {
    const at = event.target.querySelector?.("input[data-now]");
    if (at && event.target.open && player && !at.value) at.value = sound.currentTime.toFixed(1);
  }, true);

  readWords();
  const asked = () => {
    const at = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (!at) return;
    if (player) seek(Number(at[1]));
    const place = segments[lastBefore(segments, Number(at[1]) + 0.05)]?.place;
    place?.scrollIntoView({ block: "center" });
    if (!player) nowSegment = mark(place ?? null, nowSegment);
  };
  if (player) {
    sound.src = player.dataset.audio;
    const kept = localStorage.getItem("speed");
    if (speeds().includes(kept)) byId("speed").value = kept;
    setSpeed();
    sound.addEventListener("play", showPlaying);
    sound.addEventListener("pause", showPlaying);
    sound.addEventListener("seeked", show);
    sound.addEventListener("error", refused);
    byId("play").addEventListener("click", toggle);
    byId("play").disabled = false;  // a click before now would have been lost
    byId("back").addEventListener("click", () => seek(sound.currentTime - STEP_S, false));
    byId("forward").addEventListener("click", () => seek(sound.currentTime + STEP_S, false));
    byId("speed").addEventListener("change", setSpeed);
    drawWave();
  }
  addEventListener("hashchange", asked);
  asked();
})();
