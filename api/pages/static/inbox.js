// The inbox from the keyboard: one finding has the focus at a time, and letters act on it.
(() => {
  "use strict";
  const words = () => document.getElementById("inbox-words").dataset;
  const say = (text) => document.dispatchEvent(new CustomEvent("said", { detail: { value: text } }));
  const cards = () => [...document.querySelectorAll("article.finding")];
  const current = () => document.activeElement?.closest?.("article.finding");
  let reached = null; // where one goes on from when the focus is elsewhere

  const keysOn = () => localStorage.getItem("keys") !== "off";

  const focusOn = (card) => {
    if (!card) return;
    cards().forEach((one) => { one.tabIndex = one === card ? 0 : -1; });
    reached = card.id;
    card.focus();
    card.scrollIntoView({ block: "nearest" });
  };

  const rove = () => {
    const all = cards();
    const kept = all.find((one) => one.id === reached) ?? all[0];
    all.forEach((one) => { one.tabIndex = one === kept ? 0 : -1; });
  };

  const move = (step) => {
    const all = cards(), from = current() ?? document.getElementById(reached);
    const at = all.indexOf(from);
    focusOn(all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]);
  };

  // Quotes.
  const player = () => document.getElementById("player");
  let playing = null, until = 0;

  const stop = () => {
    player().pause();
    playing?.setAttribute("aria-pressed", "false");
    playing = null;
  };

  const play = (button) => {
    if (playing === button) { stop(); say(words().stopped); return; }
    if (playing) stop();
    const sound = player(), start = Number(button.dataset.start);
    until = start + Number(button.dataset.seconds);
    playing = button;
    button.setAttribute("aria-pressed", "true");
    const begin = () => {
      if (playing !== button) return;
      sound.currentTime = start;
      sound.play().then(() => say(words().playing)).catch(fail);
    };
    if (sound.dataset.of === button.dataset.audio && sound.readyState > 0) { begin(); return; }
    sound.dataset.of = button.dataset.audio;
    sound.src = button.dataset.audio;
    sound.addEventListener("loadedmetadata", begin, { once: true });
    sound.load();
  };

  const fail = () => {
    if (!playing) return;
    delete player().dataset.of;
    stop();
    say(words().silent);
  };

  // Doing.
  const press = (card, kind) => {
    const button = card.querySelector(`.actions > form button[value="${kind}"]`);
    if (button) button.click(); else say(words().notNow);
  };

  const unfold = (card, name) => {
    const panel = card.querySelector(`details[data-panel="${name}"]`);
    if (!panel) { say(words().notNow); return; }
    panel.open = true;
    panel.scrollIntoView({ block: "nearest" });
    const field = panel.querySelector("input[type=radio]") ?? panel.querySelector("textarea");
    field.focus();
  };

  const choose = (card) => {
    const box = card.querySelector("input[name=finding]");
    if (!box || box.disabled) { say(words().notNow); return; }
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const deeds = {
    Digit1: (card) => press(card, "confirm"), Numpad1: (card) => press(card, "confirm"),
    Digit2: (card) => unfold(card, "dismiss"), Numpad2: (card) => unfold(card, "dismiss"),
    Digit3: (card) => unfold(card, "waive"), Numpad3: (card) => unfold(card, "waive"),
    KeyS: (card) => press(card, "send"),
    KeyC: (card) => unfold(card, "comment"),
    KeyX: choose,
    Space: (card) => {
      const quote = card.querySelector("button.play");
      if (quote) play(quote); else say(words().noQuote);
    },
    Enter: (card) => { location.assign(card.querySelector("h3 a").href); },
  };

  const inPanel = (event, panel) => {
    if (event.key === "Escape") {
      panel.open = false;
      focusOn(panel.closest("article.finding"));
    } else if (event.target.type === "radio" && /^[1-9]$/.test(event.key)) {
      panel.querySelectorAll("input[type=radio]")[Number(event.key) - 1]?.click();
    }
  };

  // Keys are those of the keyboard, whatever letters are on them: they work in a Russian layout.
  document.addEventListener("keydown", (event) => {
    const { target } = event, panel = target.closest("details[data-panel]");
    if (panel?.open && !target.matches("summary")) { inPanel(event, panel); return; }
    if (event.ctrlKey || event.altKey || event.metaKey || !keysOn()) return;
    if (target.closest("dialog[open]") || target.matches("textarea, select, input:not([type=checkbox])")) return;
    const list = document.getElementById("inbox");
    if (!list) return;
    if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) {
      document.getElementById("keys").showModal();
    } else if (event.code === "KeyJ") move(1);
    else if (event.code === "KeyK") move(-1);
    else if (event.key === "Escape" && playing) stop();
    else {
      const card = current(), deed = deeds[event.code];
      const pressed = ["Space", "Enter"].includes(event.code);
      if (!card || !deed || event.shiftKey || (pressed && target !== card)) return;
      deed(card);
    }
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.play");
    if (button) play(button);
    if (event.target.closest("#show-keys")) document.getElementById("keys").showModal();
  });

  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("article.finding");
    if (card) { reached = card.id; rove(); }
  });

  // Several at once: the bar shows while something is chosen.
  const count = () => {
    const bar = document.getElementById("bulk");
    if (!bar) return;
    const chosen = document.querySelectorAll("input[name=finding]:checked").length;
    bar.hidden = chosen === 0;
    document.getElementById("chosen").textContent = `${words().chosen} ${chosen}`;
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("input[name=finding]")) count();
    if (event.target.id === "keys-on") localStorage.setItem("keys", event.target.checked ? "on" : "off");
  });

  // What was not chosen does not stand in the address.
  document.addEventListener("htmx:configRequest", (event) => {
    const chosen = event.detail.parameters;
    if (!event.detail.elt.matches("form.filters")) return;
    Object.keys(chosen).forEach((name) => { if (!chosen[name]) delete chosen[name]; });
  });

  // A renewed card: after a decision on to the next, else the focus stays.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([403, 409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    count();
    const card = document.querySelector("article.finding[data-fresh]");
    if (card) {
      const settled = card.dataset.fresh === "settled";
      delete card.dataset.fresh;
      const all = cards(), rest = all.slice(all.indexOf(card) + 1);
      const next = settled && rest.find((one) => !one.classList.contains("settled"));
      focusOn(next || card);
    }
    rove();
  });
  ["htmx:sendError", "htmx:responseError"].forEach((name) =>
    document.addEventListener(name, () => say(words().offline)));

  const sound = player();
  if (sound) {
    sound.addEventListener("error", fail);
    sound.addEventListener("timeupdate", () => { if (playing && sound.currentTime >= until) stop(); });
    sound.addEventListener("ended", stop);
  }
  const box = document.getElementById("keys-on");
  if (box) box.checked = keysOn();
  rove();
  count();
})();
