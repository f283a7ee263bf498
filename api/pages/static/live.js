// News while a page is open. Other scripts listen on `document`: "stagecheck:flag.raised",
// "stagecheck:flag.withdrawn", "stagecheck:flag.decided", "stagecheck:verdict.changed" (what it is
// about in `detail`) and "stagecheck:reset" (too much happened: load anew).
(() => {
  "use strict";
  const types = ["flag.raised", "flag.withdrawn", "flag.decided", "verdict.changed", "reset"];
  const words = document.body.dataset.liveNew;
  const inbox = document.querySelector('.top nav a[href="/"]');
  const stored = (name) => Number(sessionStorage.getItem(name)) || 0;
  let last = stored("live-last");
  let source;

  const show = () => {
    const count = stored("live-new");
    if (!inbox || !words) return;
    let badge = inbox.querySelector(".live-new");
    if (!badge && count) {
      badge = document.createElement("span");
      badge.className = "badge calm live-new";
      inbox.append(" ", badge);
    }
    if (!count && badge) badge.remove();
    else if (badge) badge.textContent = words.replace("{count}", String(count));
  };
  const tell = ({type, id, detail}) => {
    last = Math.max(last, id);
    sessionStorage.setItem("live-last", String(last));
    if (type === "ready") return;
    if (type === "flag.raised") {
      sessionStorage.setItem("live-new", String(stored("live-new") + 1));
      show();
    }
    document.dispatchEvent(new CustomEvent(`stagecheck:${type}`, {detail}));
  };
  const seen = () => { sessionStorage.setItem("live-new", "0"); show(); };
  // A script that shows the new flags says so with this event.
  document.addEventListener("stagecheck:seen", seen);
  if (location.pathname === "/") seen(); else show();

  const listen = (pass) => {
    source = new EventSource(last ? `/events?after=${last}` : "/events");
    [...types, "ready"].forEach((type) => source.addEventListener(type, (event) => {
      const message = {type, id: Number(event.lastEventId), detail: JSON.parse(event.data)};
      tell(message);
      pass(message);
    }));
  };
  addEventListener("pagehide", () => source && source.close());
  addEventListener("pageshow", (event) => { if (event.persisted && source) listen(pass); });

  // A browser opens few connections to one host: of its pages one listens and tells the others.
  let pass = () => {};
  if (navigator.locks && "BroadcastChannel" in window) {
    const channel = new BroadcastChannel("stagecheck-live");
    channel.addEventListener("message", (event) => tell(event.data));
    pass = (message) => channel.postMessage(message);
    navigator.locks.request("stagecheck-live", () => {
      listen(pass);
      return new Promise(() => {});  // held until the page is closed
    });
  } else {
    listen(pass);
  }
})();
